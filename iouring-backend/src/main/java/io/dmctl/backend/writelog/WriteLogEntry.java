package io.dmctl.backend.writelog;

import java.util.ArrayList;
import java.util.List;

/// An entry of a write log. `number` counts from 0; `sector` and `sectors` are 512 bytes; `dataBytes` from
/// `dataAt` in the log are what was written.
///
/// @kernel drivers/md/dm-log-writes.c `struct log_write_entry`
public record WriteLogEntry(
        long number, long sector, long sectors, int flags, String mark, long dataAt, long dataBytes) {
    public static final int FLUSH = 1;
    public static final int FUA = 1 << 1;
    public static final int DISCARD = 1 << 2;
    public static final int MARK = 1 << 3;
    public static final int METADATA = 1 << 4;

    static final int KNOWN = FLUSH | FUA | DISCARD | MARK | METADATA;

    public boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /// What the target logs last.
    boolean isEnd() {
        return is(MARK) && mark.equals("dm-log-writes-end");
    }

    /// Its kind and flags, in lower case, joined by commas: `write,fua`.
    public String kind() {
        final List<String> words = new ArrayList<>();
        if (dataBytes > 0) {
            words.add("write");
        }
        final String[] names = {"flush", "fua", "discard", "mark", "metadata"};
        for (int i = 0; i < names.length; i++) {
            if (is(1 << i)) {
                words.add(names[i]);
            }
        }
        return String.join(",", words);
    }
}
