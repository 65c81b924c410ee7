package io.dmctl.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command reads and writes. Text is UTF-8 whatever the locale, as device names and tables are bytes of it.
record Streams(InputStream in, PrintStream out, PrintStream err) {
    /// Those of the process; output is flushed at its end.
    static Streams ofProcess() {
        return new Streams(System.in, print(FileDescriptor.out, false), print(FileDescriptor.err, true));
    }

    private static PrintStream print(FileDescriptor fd, boolean autoFlush) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(fd)), autoFlush, StandardCharsets.UTF_8);
    }
}
