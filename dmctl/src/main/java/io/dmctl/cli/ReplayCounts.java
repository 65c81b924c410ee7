package io.dmctl.cli;

import io.dmctl.backend.writelog.WriteLogEntry;
import java.io.IOException;

/// How much a replay has done.
final class ReplayCounts {
    private long entries;
    private long writes;
    private long discards;
    private long flushes;
    private long marks;
    private long checks;

    void add(WriteLogEntry entry) {
        entries++;
        if (entry.is(WriteLogEntry.MARK)) {
            marks++;
        } else if (entry.is(WriteLogEntry.DISCARD)) {
            discards++;
        } else if (entry.dataBytes() > 0) {
            writes++;
        } else {
            flushes++;
        }
    }

    void checked() {
        checks++;
    }

    void print(Session session) throws IOException {
        final Json json = session.json();
        if (json == null) {
            session.streams()
                    .out()
                    .println("replayed " + entries + " entries: " + writes + " writes, " + discards + " discards, "
                            + flushes + " flushes, " + marks + " marks; " + checks + " checks passed");
        } else {
            json.put("replayed", entries)
                    .put("writes", writes)
                    .put("discards", discards)
                    .put("flushes", flushes)
                    .put("marks", marks)
                    .put("checks", checks);
        }
    }
}
