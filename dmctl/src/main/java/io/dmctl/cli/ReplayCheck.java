package io.dmctl.cli;

import io.dmctl.backend.writelog.WriteLogEntry;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/// A command that is run between the entries of a replay, and after which of them.
record ReplayCheck(String command, String at, String log, String device) {
    static final List<String> PLACES = List.of("flush", "fua", "mark", "entry");

    boolean isDue(WriteLogEntry entry) {
        return switch (at) {
            case "flush" -> entry.is(WriteLogEntry.FLUSH);
            case "fua" -> entry.is(WriteLogEntry.FLUSH) || entry.is(WriteLogEntry.FUA);
            case "mark" -> entry.is(WriteLogEntry.MARK);
            case "entry" -> true;
            default -> throw new IllegalStateException(at);
        };
    }

    /// Runs it by `sh -c`; what it prints goes to `err`.
    ///
    /// @throws CommandFailure with [ExitCode#DIFFERENT] and the entry when it ends otherwise than with 0
    void run(WriteLogEntry entry, PrintStream err) throws CommandFailure, IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
        builder.environment().put("DMCTL_REPLAY_DEVICE", device);
        builder.environment().put("DMCTL_REPLAY_ENTRY", Long.toString(entry.number()));
        builder.environment().put("DMCTL_REPLAY_MARK", entry.mark());
        final Process process = builder.start();
        process.getOutputStream().close();
        process.getInputStream().transferTo(err);
        final int code = process.waitFor();
        if (code != 0) {
            throw new CommandFailure(
                    ExitCode.DIFFERENT,
                    "entry " + entry.number() + " (" + entry.kind()
                            + (entry.mark().isEmpty() ? "" : " " + entry.mark()) + "): the check ended with " + code
                            + ": "
                            + command,
                    device + " is as it was then; so does again: dmctl replay " + log + " " + device + " --to-entry "
                            + entry.number(),
                    null);
        }
    }
}
