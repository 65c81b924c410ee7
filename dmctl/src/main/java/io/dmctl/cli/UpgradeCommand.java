package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `upgrade`: devices of the Java engine get a server of the present code; their requests wait meanwhile.
final class UpgradeCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.UPGRADE)
                .example("upgrade d0", "d0, and all that its server serves")
                .example("upgrade --all", "every device of the Java engine")
                .words("[NAME]...", 0, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME")
                .flag("all devices of the Java engine", "--all");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final Set<DmName> done = new HashSet<>();
        for (DmName name : RecoverCommand.asked(args, session, false)) {
            if (done.contains(name)) {
                continue; // it came with another of its group
            }
            final long start = System.nanoTime();
            final List<DmName> upgraded = session.engines().upgrade(name);
            final long tookMs = (System.nanoTime() - start) / 1_000_000;
            done.addAll(upgraded);
            upgraded.forEach(n -> session.streams().out().println(n.unmangled() + ": upgraded in " + tookMs + " ms"));
        }
    }
}
