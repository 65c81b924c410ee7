package io.dmctl.jmh;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTask;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes or removes a device of the Java engine, shown by ublk with one queue of 128 tags, in the server that
/// `dmctl` would start: `create NAME TABLE [GROUP [IO-MODE]]`, `create-ro` with the same, or `remove NAME`. Devices
/// of one group share a server, which runs as long as one of them is there; the group of "" is one of its own.
///
/// `loop` does so for lines of standard input, for as long as there are any, in one warm process, and answers each
/// with the microseconds that its steps took: `create ENGINE NAME FILE-OF-TABLE QUEUES GROUP` with those of name,
/// load, resume and a first read of 4 KiB, `remove ENGINE NAME` with its own.
public final class JavaDevice {
    private static final int READ_BYTES = 4096;

    private JavaDevice() {}

    public static void main(String[] args) throws Exception {
        try (Engines engines = Engines.open()) {
            switch (args[0]) {
                case "create" -> create(engines, args, false);
                case "create-ro" -> create(engines, args, true);
                case "remove" -> remove(engines, Engine.JAVA, args[1]);
                case "loop" -> loop(engines);
                default -> throw new IllegalArgumentException("create, create-ro, remove or loop, was " + args[0]);
            }
        }
    }

    private static void create(Engines engines, String[] args, boolean readOnly) throws Exception {
        final LoadOptions oneQueue = new LoadOptions("ublk", 1, 128, args.length > 3 ? args[3] : "")
                .withIoMode(args.length > 4 ? args[4] : LoadOptions.DEFAULT.ioMode());
        create(engines, Engine.JAVA, args[1], DmTable.parse(args[2]), readOnly, oneQueue);
    }

    /// Answers the times, in ns, at which each step was done, from that of the begin on.
    private static long[] create(
            Engines engines, Engine engine, String word, DmTable table, boolean readOnly, LoadOptions how)
            throws Exception {
        final DmName name = DmName.mangle(word);
        final DmId id = DmId.of(name);
        final long[] doneNs = new long[5];
        doneNs[0] = System.nanoTime();
        final DmDeviceInfo made =
                engines.create(engine, new DmTask.DevCreate(name, Optional.empty(), OptionalInt.empty()));
        doneNs[1] = System.nanoTime();
        boolean ok = false;
        try {
            engines.load(engine, new DmTask.TableLoad(id, table, readOnly), how);
            doneNs[2] = System.nanoTime();
            engines.control(engine).run(new DmTask.DevResume(id, false, false));
            if (engine == Engine.KERNEL) {
                DmNodes.system().add(made.name(), made.devno());
            }
            doneNs[3] = System.nanoTime();
            ok = true;
        } finally {
            if (!ok) {
                engines.control(engine).run(new DmTask.DevRemove(id, false));
            }
        }
        return doneNs;
    }

    private static void remove(Engines engines, Engine engine, String word) throws Exception {
        final DmId id = DmId.of(DmName.mangle(word));
        final Optional<DmDeviceInfo> info = engine == Engine.KERNEL
                ? Optional.of(engines.control(engine).run(new DmTask.DevStatus(id, false)))
                : Optional.empty();
        engines.control(engine).run(new DmTask.DevRemove(id, false));
        if (info.isPresent()) {
            DmNodes.system().remove(info.get().name(), info.get().devno());
        }
    }

    private static void loop(Engines engines) throws Exception {
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        final ByteBuffer page = ByteBuffer.allocateDirect(READ_BYTES);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            final String[] words = line.split(" ", -1);
            final Engine engine = Engine.valueOf(words[1]);
            if (words[0].equals("remove")) {
                final long startNs = System.nanoTime();
                remove(engines, engine, words[2]);
                System.out.println((System.nanoTime() - startNs) / 1000);
                continue;
            }
            final DmTable table = DmTable.parse(Files.readString(Path.of(words[3])));
            final LoadOptions how = new LoadOptions("ublk", Integer.parseInt(words[4]), 128, words[5]);
            final long[] doneNs = create(engines, engine, words[2], table, false, how);
            try (FileChannel device = FileChannel.open(Path.of("/dev/mapper", words[2]))) {
                device.read(page.clear(), 0);
            }
            doneNs[4] = System.nanoTime();
            final StringBuilder us = new StringBuilder();
            for (int step = 1; step < doneNs.length; step++) {
                us.append(step == 1 ? "" : " ").append((doneNs[step] - doneNs[step - 1]) / 1000);
            }
            System.out.println(us);
        }
    }
}
