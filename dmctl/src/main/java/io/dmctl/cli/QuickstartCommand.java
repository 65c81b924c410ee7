package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.ublkctl.UblkControl;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// `quickstart`: shows the main job with whatever this machine has. Makes files, runs the example tables over them one
/// after the other, sends a
/// file system through each and reads it back.
final class QuickstartCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.QUICKSTART)
                .example("quickstart", "a file system through tables run by Java targets")
                .example("quickstart --dir /var/tmp --keep", "leave the files, to go on with")
                .words("", 0, 0)
                .option("FOLDER", "where its files go, about 400 MB (a new folder below the temporary one)", "--dir")
                .flag("do not delete the files", "--keep");
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        final Path parent = Path.of(args.value("--dir").orElse(System.getProperty("java.io.tmpdir")));
        if (!Files.isDirectory(parent)) {
            throw CommandFailure.usage("--dir " + parent + ": no such folder");
        }
        final PrintStream out = session.streams().out();
        final Way way = way(session, out);
        final Path dir = Files.createTempDirectory(parent, "dmctl-quickstart-");
        try (QuickstartFiles files = new QuickstartFiles(dir, args.has("--keep"))) {
            files.make(out);
            for (QuickstartTable table : QuickstartTable.ALL) {
                new QuickstartRun(session, way, files, table).run();
            }
            goOn(out, files, args.has("--keep"), way);
        }
    }

    /// How the tables are run here.
    enum Way {
        JAVA_UBLK(Engine.JAVA, "ublk"),
        KERNEL(Engine.KERNEL, ""),
        JAVA_NBD(Engine.JAVA, "nbd");

        private final Engine engine;
        private final String transport;

        Way(Engine engine, String transport) {
            this.engine = engine;
            this.transport = transport;
        }

        Engine engine() {
            return engine;
        }

        String transport() {
            return transport;
        }
    }

    private static Way way(Session session, PrintStream out) {
        final Availability ublk = UblkControl.probe();
        if (ublk.available()) {
            out.println("This machine has ublk: Java targets serve block devices, /dev/mapper/NAME.");
            return Way.JAVA_UBLK;
        }
        if (session.kernel().available()) {
            out.println("This machine has the kernel's device-mapper but no ublk (" + ublk.reason()
                    + "): the kernel runs the tables. Remedy: " + ublk.remedy());
            return Way.KERNEL;
        }
        out.println("Java targets serve an NBD export, for this machine has no ublk (" + ublk.reason()
                + ") and no device-mapper (" + session.kernel().reason() + ").");
        return Way.JAVA_NBD;
    }

    private static void goOn(PrintStream out, QuickstartFiles files, boolean kept, Way way) {
        final String a = kept ? files.disk(0).toString() : "/tmp/a";
        final String b = kept ? files.disk(1).toString() : "/tmp/b";
        out.println();
        out.println("Go on with:");
        if (!kept) {
            out.println("  truncate -s 300M " + a + " " + b);
        }
        out.println("  dmctl create fast --engine java --table '0 1048576 striped 2 128 " + a + " 0 " + b + " 0'");
        out.println(
                way == Way.JAVA_UBLK
                        ? "  mkfs.ext4 /dev/mapper/fast && mount /dev/mapper/fast /mnt"
                        : "  dmctl info fast      # the address, for nbdinfo, nbdcopy, qemu-img, nbd-client");
        out.println("  dmctl status fast");
        out.println("  dmctl remove fast");
        out.println("  dmctl features       # what this machine can do, what is missing, and the remedy");
    }
}
