package io.dmctl.cli;

import io.dmctl.backend.watch.DeviceEvent;
import io.dmctl.backend.watch.DeviceWatch;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `watch`: what happens to the devices, as it happens.
final class WatchCommand implements Command {
    private static final int MAX_SECONDS = 1_000_000;
    private static final int MAX_PERCENT = 100;
    private static final int MS = 1000;

    @Override
    public Usage usage() {
        return new Usage(CommandName.WATCH)
                .example("watch", "a line for each event of any device, until interrupted")
                .example("watch --threshold 80 --threshold 95 pool0", "also when pool0 is that full")
                .example("watch --exec 'logger \"$DMCTL_EVENT $DMCTL_NAME\"'", "run a command for each event")
                .example("watch --json --count 1 --timeout 60 d0", "the next event of d0, within a minute")
                .words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "only events of these devices; they need not be there yet")
                .repeated(
                        "PERCENT",
                        "tell when a pool, a snapshot's store or a cache reaches this fill; may be repeated",
                        "--threshold")
                .option(
                        "CMD",
                        "run by sh for each event, one at a time, with DMCTL_EVENT, DMCTL_NAME, DMCTL_ENGINE, DMCTL_DETAIL",
                        "--exec")
                .option("N", "end after so many events", "--count")
                .option("SECONDS", "end after this long; with --count, exit code 7 when there were fewer", "--timeout")
                .option(
                        "SECONDS",
                        "how often to look for what the kernel does not announce, 1 to 3600 (1)",
                        "--interval")
                .flag("print JSON Lines instead: docs/commands/json.md has the fields", "--json");
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        final List<DmId> ids = new ArrayList<>();
        for (String word : args.words()) {
            ids.add(DeviceArgument.named(word).id());
        }
        final int count = args.number("--count", 1, Integer.MAX_VALUE, 0);
        final int timeoutSeconds = args.number("--timeout", 1, MAX_SECONDS, 0);
        final int intervalMs = args.number("--interval", 1, 3600, 1) * MS;
        final List<Integer> thresholds = thresholds(args);
        session.noteHiddenKernel();
        try (DeviceWatch watch = new DeviceWatch(session.engines(), thresholds)) {
            session.note("watching");
            final long endNs = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
            int told = 0;
            while (timeoutSeconds == 0 || System.nanoTime() < endNs) {
                final long leftMs =
                        timeoutSeconds == 0 ? intervalMs : Math.max(1, (endNs - System.nanoTime()) / 1_000_000);
                for (DeviceEvent event : watch.next((int) Math.min(intervalMs, leftMs))) {
                    if (ids.isEmpty() || ids.contains(DmId.of(event.name()))) {
                        tell(event, args, session.streams().out());
                        if (++told == count) {
                            return;
                        }
                    }
                }
            }
            if (told < count) {
                throw new CommandFailure(
                        ExitCode.TIMEOUT, told + " events within " + timeoutSeconds + " s, not " + count);
            }
        }
    }

    private static List<Integer> thresholds(Arguments args) throws CommandFailure {
        final List<Integer> all = new ArrayList<>();
        for (String text : args.values("--threshold")) {
            all.add((int) Arguments.number("--threshold", text, 1, MAX_PERCENT));
        }
        return all;
    }

    private static void tell(DeviceEvent event, Arguments args, PrintStream out)
            throws IOException, InterruptedException {
        final String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        if (args.has("--json")) {
            new Json(CommandName.WATCH)
                    .put("time", time)
                    .put("event", word(event))
                    .put("name", event.name().unmangled())
                    .put("engine", event.engine().word())
                    .put("event_nr", Integer.toUnsignedLong(event.eventNr()))
                    .put("detail", event.detail())
                    .print(out);
        } else {
            out.println((time + " " + word(event) + " " + event.name().unmangled() + " " + event.detail()).strip());
        }
        // Whoever reads a stream reads each line when it is there.
        out.flush();
        if (args.has("--exec")) {
            final ProcessBuilder command =
                    new ProcessBuilder("sh", "-c", args.value("--exec").orElseThrow()).inheritIO();
            command.environment().put("DMCTL_EVENT", word(event));
            command.environment().put("DMCTL_NAME", event.name().unmangled());
            command.environment().put("DMCTL_ENGINE", event.engine().word());
            command.environment().put("DMCTL_DETAIL", event.detail());
            // As of any hook, its failure is its own.
            command.start().waitFor();
        }
    }

    private static String word(DeviceEvent event) {
        return event.kind().name().toLowerCase(Locale.ROOT);
    }
}
