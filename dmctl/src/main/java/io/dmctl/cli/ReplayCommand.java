package io.dmctl.cli;

import io.dmctl.backend.writelog.ReplayDevice;
import io.dmctl.backend.writelog.WriteLogEntry;
import io.dmctl.backend.writelog.WriteLogReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// `replay`: writes to a device what a log-writes target has logged.
final class ReplayCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.REPLAY)
                .example("replay /dev/sdc --list", "what is in the log, an entry a line")
                .example("replay /dev/sdc disk.img --to-mark mkfs", "the device as it was at the mark")
                .example(
                        "replay /dev/sdc /dev/sdb --check \"fsck -fn /dev/sdb\"",
                        "is the file system in order after each flush?")
                .words("LOG [DEVICE]", 1, 2)
                .argument("LOG", "the log's device, or a file with its bytes; may be in use")
                .argument("DEVICE", "where it is replayed to: a device or file with the contents of before the log")
                .option("MARK", "up to the first mark of this text", "--to-mark")
                .option("N", "up to entry N; the first is 0", "--to-entry")
                .option("N", "from entry N on (0)", "--from-entry")
                .option("N", "at most N entries", "--limit")
                .option("CMD", "run this by sh between entries; when it fails, stop with exit code 10", "--check")
                .option("PLACE", "check after each flush, fua (or flush), mark or entry (flush)", "--check-at")
                .flag("print the entries, write nothing", "--list")
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, IOException, InterruptedException {
        final String logName = args.words().getFirst();
        final Optional<String> deviceName = args.words().stream().skip(1).findFirst();
        final String at = args.oneOf("--check-at", "flush", ReplayCheck.PLACES);
        requireSense(args, deviceName);
        try (WriteLogReader log = WriteLogReader.open(Path.of(logName))) {
            final ReplayRange range = ReplayRange.find(args, log);
            if (args.has("--list")) {
                list(log, range, session);
                return;
            }
            final Path device = Path.of(deviceName.orElseThrow());
            if (Files.exists(device) && Files.isSameFile(device, Path.of(logName))) {
                throw CommandFailure.usage("DEVICE is the log itself: " + device);
            }
            final Optional<ReplayCheck> check =
                    args.value("--check").map(cmd -> new ReplayCheck(cmd, at, logName, device.toString()));
            final ReplayCounts counts = new ReplayCounts();
            replay(log, range, device, check, counts, session.streams().err());
            counts.print(session);
            tellUncounted(session, log, range);
        }
    }

    private static void requireSense(Arguments args, Optional<String> device) throws CommandFailure {
        ReplayRange.requireNumbers(args);
        if (args.has("--list") && (device.isPresent() || args.has("--check"))) {
            throw CommandFailure.usage("--list writes nothing: no DEVICE and no --check with it");
        }
        if (!args.has("--list") && device.isEmpty()) {
            throw CommandFailure.usage("an argument is missing: DEVICE, or --list");
        }
        if (args.has("--to-mark") && args.has("--to-entry")) {
            throw CommandFailure.usage("--to-mark and --to-entry exclude one another");
        }
        if (args.has("--check-at") && !args.has("--check")) {
            throw CommandFailure.usage("--check-at needs --check");
        }
    }

    private static void list(WriteLogReader log, ReplayRange range, Session session) throws IOException {
        final Json json = session.json();
        if (json != null) {
            json.put("counted_entries", log.counted()).list("entries");
        }
        WriteLogEntry entry;
        while ((entry = log.next()) != null && entry.number() < range.end()) {
            if (entry.number() >= range.first()) {
                if (json == null) {
                    session.streams().out().println(text(entry));
                } else {
                    put(entry, json);
                }
            }
        }
        if (json != null) {
            json.endList();
        }
    }

    private static String text(WriteLogEntry entry) {
        final String place = entry.sectors() == 0 ? "" : " " + entry.sector() + "+" + entry.sectors();
        return entry.number() + " " + entry.kind() + place + (entry.mark().isEmpty() ? "" : " " + entry.mark());
    }

    private static void put(WriteLogEntry entry, Json json) throws IOException {
        json.object()
                .put("entry", entry.number())
                .put("kind", entry.kind())
                .put("start_sectors", entry.sector())
                .put("len_sectors", entry.sectors())
                .put("mark", entry.mark())
                .endObject();
    }

    private static void replay(
            WriteLogReader log,
            ReplayRange range,
            Path to,
            Optional<ReplayCheck> check,
            ReplayCounts counts,
            PrintStream err)
            throws CommandFailure, IOException, InterruptedException {
        try (ReplayDevice device = ReplayDevice.open(to)) {
            for (long n = 0; n < range.end(); n++) {
                final WriteLogEntry entry = Objects.requireNonNull(log.next(), "the log became shorter");
                if (n < range.first()) {
                    continue;
                }
                device.apply(entry, log);
                counts.add(entry);
                if (check.isPresent() && check.get().isDue(entry)) {
                    device.sync();
                    check.get().run(entry, err);
                    counts.checked();
                }
            }
            device.sync();
        }
    }

    /// After a crash there are more entries than the super block counts: whether they are of this log cannot be
    /// seen.
    private static void tellUncounted(Session session, WriteLogReader log, ReplayRange range) {
        if (range.end() > log.counted()) {
            session.note(log.name() + ": its super block counts " + log.counted() + " entries, those from "
                    + Math.max(log.counted(), range.first()) + " to " + (range.end() - 1)
                    + " were taken from behind them: the log was not ended, or is in use");
        }
    }
}
