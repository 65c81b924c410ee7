package io.dmctl.cli;

import io.dmctl.backend.client.FrozenFileSystems;
import io.dmctl.backend.client.OwnFiles;
import io.dmctl.backend.client.Registry;
import io.dmctl.backend.client.ResumeWatchdog;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `suspend`: I/O stops, what is in flight is over.
final class SuspendCommand implements Command {
    static final String RESUME_AFTER = "--resume-after";
    private static final int MAX_SECONDS = 86_400;

    @Override
    public Usage usage() {
        return flags(new Usage(CommandName.SUSPEND)
                        .example("suspend d0", "file systems on it are frozen, I/O in flight is done")
                        .example("suspend --noflush --nolockfs d0", "as fast as possible")
                        .example("suspend --resume-after 30 d0", "for 30 seconds at most")
                        .words("NAME...", 0, Integer.MAX_VALUE)
                        .argument("NAME", "a device, or /dev/mapper/NAME"))
                .option("SECONDS", "resume the device when it is suspended for so long, 1 to 86400", RESUME_AFTER)
                .deviceOptions();
    }

    static Usage flags(Usage usage) {
        return usage.flag("what is queued stays queued, instead of being done first", "--noflush")
                .flag("a file system on the device is not frozen", "--nolockfs");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final int resumeAfter = resumeAfter(args);
        Map<Devno, List<Devno>> uses = null;
        for (DeviceArgument named : DeviceArgument.atLeastOne(args)) {
            final Located device = session.locate(named);
            if (resumeAfter > 0) {
                // It stays when this command has ended.
                watch(device, resumeAfter, session);
            } else {
                uses = uses == null ? uses(session) : uses;
                requireNoOwnFiles(device, uses, session);
            }
            suspend(device, args.has("--noflush"), args.has("--nolockfs"));
        }
    }

    /// 0: not asked for.
    static int resumeAfter(Arguments args) throws CommandFailure {
        return args.number(RESUME_AFTER, 1, MAX_SECONDS, 0);
    }

    /// A process of its own, which no record has.
    static void watch(Located device, int seconds, Session session) throws DmException, IOException {
        final DmName name = device.info().name();
        if (!session.isReplayed()) {
            ResumeWatchdog.start(device.engine(), name, seconds);
        }
    }

    /// What each device of the Java engine uses, but for one whose server is gone: whatever lies on that waits already.
    private static Map<Devno, List<Devno>> uses(Session session) throws CommandFailure, DmException, IOException {
        final Map<Devno, List<Devno>> uses = new HashMap<>();
        for (Located device : session.all()) {
            if (!device.isKernels()) {
                addUses(device, uses);
            }
        }
        return uses;
    }

    private static void addUses(Located device, Map<Devno, List<Devno>> to) {
        try {
            to.put(
                    device.info().devno(),
                    device.run(new DmTask.TableDeps(device.id(), false)).devices());
        } catch (DmException e) {
            return; // see above
        }
    }

    private static void requireNoOwnFiles(Located device, Map<Devno, List<Devno>> uses, Session session)
            throws CommandFailure, DmException, IOException {
        final Devno devno = device.info().devno();
        final Registry registry = session.engines().registry();
        final String file = session.look(
                "own-files " + devno,
                () -> OwnFiles.on(devno, uses, registry).map(Path::toString).orElse(""));
        if (!file.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.BUSY,
                    device.device().shown() + ": not suspended: " + file
                            + " lies on it, which dmctl needs to resume it",
                    RESUME_AFTER + " SECONDS suspends it for a time",
                    null);
        }
    }

    private static void suspend(Located device, boolean noflush, boolean nolockfs) throws DmException, IOException {
        final DmTask.DevSuspend task = new DmTask.DevSuspend(device.id(), noflush, nolockfs);
        if (device.isKernels() || nolockfs || device.info().suspended()) {
            device.run(task);
            return;
        }
        try (FrozenFileSystems frozen = FrozenFileSystems.freeze(device.record())) {
            device.run(task);
            frozen.keep();
        }
    }
}
