package io.dmctl.cli;

import io.dmctl.backend.client.Supervisor;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// `supervise`: recovers the devices of a server that dies, until it is told to end.
final class SuperviseCommand implements Command {
    private static final int MAX_INTERVAL_MS = 60_000;
    private static final int INTERVAL_MS = 200;

    @Override
    public Usage usage() {
        return new Usage(CommandName.SUPERVISE)
                .example("supervise", "look five times a second, until it is ended")
                .example("supervise --once", "recover what is dead now")
                .words("", 0, 0)
                .option("MS", "how often to look, in milliseconds, 1 to 60000 (200)", "--interval")
                .flag("look once and end", "--once");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, IOException, InterruptedException {
        final int intervalMs = args.number("--interval", 1, MAX_INTERVAL_MS, INTERVAL_MS);
        final Told told = new Told(session.streams().out());
        final Supervisor supervisor = new Supervisor(session.engines().registry(), told);
        while (true) {
            supervisor.look(System.nanoTime());
            session.streams().out().flush();
            if (args.has("--once")) {
                if (told.failed) {
                    throw new CommandFailure(ExitCode.FAILED, "not every device was recovered");
                }
                return;
            }
            Thread.sleep(intervalMs);
        }
    }

    /// A line an event.
    private static final class Told implements Supervisor.Listener {
        private final PrintStream out;
        private boolean failed;

        Told(PrintStream out) {
            this.out = out;
        }

        @Override
        public void recovered(String group, List<DmName> devices, long tookNs) {
            out.println("group " + group + ": recovered in " + tookNs / 1_000_000 + " ms: "
                    + devices.stream().map(DmName::unmangled).collect(Collectors.joining(" ")));
        }

        @Override
        public void failed(String group, Exception reason) {
            failed = true;
            final String text = reason instanceof DmException || reason instanceof IOException
                    ? ErrorReport.of(reason).text()
                    : String.valueOf(reason);
            out.println("group " + group + ": not recovered: " + text);
        }

        @Override
        public void gaveUp(String group) {
            failed = true;
            out.println("group " + group + ": given up after " + Supervisor.MAX_RECOVERIES + " recoveries within "
                    + Supervisor.WINDOW_NS / 1_000_000_000L + " s: dmctl recover tries again");
        }
    }
}
