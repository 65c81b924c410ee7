package io.dmctl.cli;

import io.dmctl.backend.writelog.WriteLogEntry;

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

    String text() {
        return "replayed " + entries + " entries: " + writes + " writes, " + discards + " discards, " + flushes
                + " flushes, " + marks + " marks; " + checks + " checks passed";
    }

    String json() {
        return "{\"entries\":" + entries + ",\"writes\":" + writes + ",\"discards\":" + discards + ",\"flushes\":"
                + flushes + ",\"marks\":" + marks + ",\"checks\":" + checks + "}";
    }
}
