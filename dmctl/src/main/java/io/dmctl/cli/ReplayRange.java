package io.dmctl.cli;

import io.dmctl.backend.writelog.WriteLogEntry;
import io.dmctl.backend.writelog.WriteLogReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which entries of a log: from `first` up to, not including, `end`.
record ReplayRange(long first, long end) {
    private static final int MARKS_TOLD = 20;

    /// Finds the range in the log, all of which is read: what is wrong with it is known before anything is
    /// written.
    static ReplayRange find(Arguments args, WriteLogReader log) throws CommandFailure, IOException {
        final long first = number(args, "--from-entry", 0);
        final long limit = number(args, "--limit", Long.MAX_VALUE);
        final Optional<String> mark = args.value("--to-mark");
        final List<String> marks = new ArrayList<>();
        long markAt = -1;
        long total = 0;
        WriteLogEntry entry;
        while ((entry = log.next()) != null) {
            total++;
            if (entry.is(WriteLogEntry.MARK) && entry.number() >= first) {
                marks.add(entry.mark());
                if (markAt < 0 && mark.isPresent() && mark.get().equals(entry.mark())) {
                    markAt = entry.number();
                }
            }
        }
        log.rewind();
        if (mark.isPresent() && markAt < 0) {
            throw new CommandFailure(ExitCode.FAILED, log.name() + ": no mark '" + mark.get() + "'" + told(marks));
        }
        final long last = mark.isPresent() ? markAt : number(args, "--to-entry", total - 1);
        requireEntry(log, "--from-entry", first, total, total == 0);
        requireEntry(log, "--to-entry", last, total, !args.has("--to-entry"));
        if (last < first && args.has("--to-entry")) {
            throw CommandFailure.usage("--to-entry " + last + " is before --from-entry " + first);
        }
        final long most = last + 1 - first;
        return new ReplayRange(first, limit < most ? first + limit : last + 1);
    }

    /// Before the log is looked at.
    static void requireNumbers(Arguments args) throws CommandFailure {
        for (String option : List.of("--from-entry", "--to-entry", "--limit")) {
            number(args, option, 0);
        }
    }

    private static long number(Arguments args, String option, long otherwise) throws CommandFailure {
        final Optional<String> text = args.value(option);
        return text.isEmpty() ? otherwise : Arguments.number(option, text.get(), 0, Long.MAX_VALUE - 1);
    }

    private static void requireEntry(WriteLogReader log, String option, long number, long total, boolean always)
            throws CommandFailure {
        if (!always && number >= total) {
            throw new CommandFailure(
                    ExitCode.FAILED, log.name() + ": no entry " + number + " (" + option + "): it has " + total);
        }
    }

    private static String told(List<String> marks) {
        if (marks.isEmpty()) {
            return ": it has none";
        }
        final String some = String.join(", ", marks.subList(0, Math.min(MARKS_TOLD, marks.size())));
        return ": it has " + some + (marks.size() > MARKS_TOLD ? " and " + (marks.size() - MARKS_TOLD) + " more" : "");
    }
}
