package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.TargetIo;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.LoopDevice;
import io.dmctl.bindings.sys.LoopDevices;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One table of a quickstart: made, the image written through it and read back, what its targets did, removed.
final class QuickstartRun {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Session session;
    private final QuickstartCommand.Way way;
    private final QuickstartFiles files;
    private final QuickstartTable table;
    private final DmName name;
    private final List<LoopDevice> loops = new ArrayList<>();
    private final List<KernelTargetIo.Region> regions = new ArrayList<>();

    QuickstartRun(Session session, QuickstartCommand.Way way, QuickstartFiles files, QuickstartTable table) {
        this.session = session;
        this.way = way;
        this.files = files;
        this.table = table;
        this.name = DmName.of(
                "quickstart_" + table.name() + "_" + ProcessHandle.current().pid());
    }

    void run() throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        final PrintStream out = session.streams().out();
        files.freshDisks();
        final Engine engine = way.engine();
        out.println();
        try {
            final DmDeviceInfo made =
                    session.engines().create(engine, new DmTask.DevCreate(name, Optional.empty(), OptionalInt.empty()));
            try {
                load(engine);
                if (engine == Engine.KERNEL) {
                    session.nodes().add(name, made.devno());
                }
                print(out, engine);
                if (engine == Engine.KERNEL) {
                    regions.addAll(KernelTargetIo.count(session.control(engine), DmId.of(name)));
                }
                copy(out);
                counts(out, engine);
            } finally {
                session.control(engine).run(new DmTask.DevRemove(DmId.of(name), false));
                if (engine == Engine.KERNEL) {
                    session.nodes().remove(name, made.devno());
                }
            }
        } finally {
            for (LoopDevice loop : loops) {
                loop.close();
            }
        }
    }

    private void load(Engine engine) throws CommandFailure, DmException, DmTableSyntaxException, IOException {
        final List<String> devices = new ArrayList<>();
        for (Path disk : files.disks()) {
            devices.add(engine == Engine.KERNEL ? loop(disk) : disk.toString());
        }
        session.engines()
                .load(
                        engine,
                        new DmTask.TableLoad(DmId.of(name), DmTable.parse(table.over(devices)), false),
                        new LoadOptions(way.transport(), 0, 0, ""));
        session.control(engine).run(new DmTask.DevResume(DmId.of(name), false, false));
    }

    private String loop(Path disk) throws IOException {
        final LoopDevice loop = LoopDevices.attach(disk, new LoopDevices.Options(false, false));
        loops.add(loop);
        return loop.path().toString();
    }

    private void print(PrintStream out, Engine engine) throws DmException, CommandFailure, IOException {
        final DmTask.TableStatus.Kind kind = DmTask.TableStatus.Kind.TABLE;
        out.println("Table '" + table.name() + "', run by the " + engine.word() + " engine" + address() + ":");
        for (DmStatusLine line : session.control(engine)
                .run(new DmTask.TableStatus(DmId.of(name), kind, false, false))
                .lines()) {
            out.println("  " + line);
        }
    }

    private String address() throws IOException {
        return session.engines()
                .registry()
                .find(DmId.of(name))
                .flatMap(DeviceRecord::address)
                .map(a -> " at " + a)
                .orElse("");
    }

    private DeviceIo open() throws IOException {
        final Optional<DeviceRecord> record = session.engines().registry().find(DmId.of(name));
        final Optional<String> address = record.flatMap(DeviceRecord::address);
        if (address.isPresent() && address.get().startsWith("nbd+unix:")) {
            return NbdIo.connect(address.get());
        }
        return new BlockIo(Path.of(session.nodes().path(name)));
    }

    /// Writes the image, but for what is zeros in it, makes it durable, reads all back and compares checksums.
    private void copy(PrintStream out) throws CommandFailure, IOException {
        final MessageDigest written = sha256();
        final MessageDigest read = sha256();
        final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long sent = 0;
        final long start = System.nanoTime();
        final long writeNs;
        try (FileChannel image = FileChannel.open(files.image(), StandardOpenOption.READ);
                DeviceIo device = open()) {
            for (long at = 0; at < image.size(); at += CHUNK_BYTES) {
                fill(image, chunk, at);
                written.update(chunk.duplicate());
                if (!isZero(chunk)) {
                    sent += chunk.remaining();
                    device.write(at, chunk);
                }
            }
            device.flush();
            writeNs = System.nanoTime() - start;
            for (long at = 0; at < image.size(); at += CHUNK_BYTES) {
                chunk.clear();
                device.read(at, chunk);
                read.update(chunk.flip());
            }
        }
        final long readNs = System.nanoTime() - start - writeNs;
        final String in = HexFormat.of().formatHex(written.digest());
        final String back = HexFormat.of().formatHex(read.digest());
        out.println("  written " + (sent >> 20) + " MiB in " + ms(writeNs) + ", read " + (QuickstartTable.SECTORS >> 11)
                + " MiB in " + ms(readNs));
        if (!in.equals(back)) {
            throw new CommandFailure(ExitCode.DIFFERENT, name + ": read back sha256 " + back + ", written was " + in);
        }
        out.println("  sha256 of what was read back is the image's: " + in.substring(0, 16) + "...");
    }

    private static String ms(long ns) {
        return ns / 1_000_000 + " ms";
    }

    private static void fill(FileChannel image, ByteBuffer chunk, long at) throws IOException {
        chunk.clear();
        int n = 0;
        while (chunk.hasRemaining() && n >= 0) {
            n = image.read(chunk, at + chunk.position());
        }
        chunk.flip();
    }

    private static boolean isZero(ByteBuffer chunk) {
        for (int i = 0; i + Long.BYTES <= chunk.remaining(); i += Long.BYTES) {
            if (chunk.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private List<TargetIo> targetIo(Engine engine) throws CommandFailure, DmException, IOException {
        return engine == Engine.KERNEL
                ? KernelTargetIo.read(session.control(engine), DmId.of(name), regions)
                : session.engines().targetIo(name);
    }

    private void counts(PrintStream out, Engine engine) throws CommandFailure, DmException, IOException {
        for (TargetIo io : targetIo(engine)) {
            out.println("  target at " + io.startSector() + ", " + io.type() + ": " + io.writeBios() + " bios and "
                    + (io.writeSectors() >> 11) + " MiB written, " + io.readBios() + " and "
                    + (io.readSectors() >> 11) + " MiB read");
        }
    }
}
