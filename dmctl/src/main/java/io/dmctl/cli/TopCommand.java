package io.dmctl.cli;

import io.dmctl.backend.watch.DeviceStats;
import io.dmctl.backend.watch.IoSample;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `top`: how much I/O the devices do, and how long it takes.
final class TopCommand implements Command {
    private static final int NAME_WIDTH = 24;
    private static final int NUMBER_WIDTH = 10;

    @Override
    public Usage usage() {
        return new Usage(CommandName.TOP)
                .example("top", "all devices, every second, until interrupted")
                .example("top --interval 5 --count 12 d0", "d0 for a minute")
                .example("top --json", "JSON Lines, for a program")
                .words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "only these devices; without one all devices")
                .option("SECONDS", "what a line is the mean of, 1 to 3600 (1)", "--interval")
                .option("N", "end after so many intervals", "--count")
                .flag("print JSON Lines instead: docs/commands/json.md has the fields", "--json");
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        final int intervalSeconds = args.number("--interval", 1, 3600, 1);
        final int count = args.number("--count", 1, Integer.MAX_VALUE, 0);
        final List<DmId> ids = new ArrayList<>();
        for (String word : args.words()) {
            ids.add(DeviceArgument.named(word).id());
        }
        session.noteHiddenKernel();
        try (DeviceStats stats = new DeviceStats(session.engines(), n -> ids.isEmpty() || ids.contains(DmId.of(n)))) {
            // The regions go also when this is interrupted.
            final Thread hook = new Thread(stats::close, "top-end");
            Runtime.getRuntime().addShutdownHook(hook);
            Map<DmName, IoSample> before = byName(stats.sample());
            for (int i = 0; count == 0 || i < count; i++) {
                Thread.sleep(intervalSeconds * 1000L);
                final Map<DmName, IoSample> now = byName(stats.sample());
                print(before, now, args.has("--json"), session.streams().out());
                before = now;
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private static Map<DmName, IoSample> byName(List<IoSample> samples) {
        final Map<DmName, IoSample> all = new LinkedHashMap<>();
        samples.forEach(s -> all.put(s.name(), s));
        return all;
    }

    private static void print(Map<DmName, IoSample> before, Map<DmName, IoSample> now, boolean json, PrintStream out)
            throws IOException {
        if (!json) {
            line(out, "NAME", "READS/s", "READ kB/s", "READ us", "WRITES/s", "WRITE kB/s", "WRITE us", "IN FLIGHT");
        }
        for (IoSample sample : now.values()) {
            final IoSample last = before.get(sample.name());
            // One that came in between, or was made anew, has its first line next time.
            if (last == null
                    || last.engine() != sample.engine()
                    || last.timed() != sample.timed()
                    || sample.reads() < last.reads()) {
                continue;
            }
            final IoSample done = sample.since(last);
            if (json) {
                json(done).print(out);
            } else {
                text(done, out);
            }
        }
        if (!json) {
            out.println();
        }
        out.flush();
    }

    private static void text(IoSample s, PrintStream out) {
        line(
                out,
                s.name().unmangled(),
                Long.toString(s.readsPerSecond()),
                Long.toString(s.readBytesPerSecond() >> 10),
                s.timed() ? Long.toString(s.readLatencyNs() / 1000) : "-",
                Long.toString(s.writesPerSecond()),
                Long.toString(s.writeBytesPerSecond() >> 10),
                s.timed() ? Long.toString(s.writeLatencyNs() / 1000) : "-",
                s.timed() ? Long.toString(s.inFlight()) : "-");
    }

    private static void line(PrintStream out, String name, String... numbers) {
        out.print(name + " ".repeat(Math.max(0, NAME_WIDTH - name.length())));
        for (String number : numbers) {
            out.print(" " + " ".repeat(Math.max(0, NUMBER_WIDTH - number.length())) + number);
        }
        out.println();
    }

    private static Json json(IoSample s) throws IOException {
        final Json json = new Json(CommandName.TOP)
                .put("name", s.name().unmangled())
                .put("engine", s.engine().word())
                .put("interval_ns", s.takenNs())
                .put("reads", s.reads())
                .put("read_sectors", s.readSectors())
                .put("writes", s.writes())
                .put("write_sectors", s.writeSectors());
        return s.timed()
                ? json.put("read_ns", s.readNs()).put("write_ns", s.writeNs()).put("in_flight", s.inFlight())
                : json.putNull("read_ns").putNull("write_ns").putNull("in_flight");
    }
}
