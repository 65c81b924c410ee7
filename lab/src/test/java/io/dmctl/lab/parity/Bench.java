package io.dmctl.lab.parity;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.KernelLog;
import io.dmctl.lab.Devices;
import io.dmctl.lab.Remains;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The guest's part that all proofs share: one server of ours, which a small device keeps alive, and two disks
/// cut alike, one for the kernel's side and one for ours. What a side's tables stand on are pieces of its disk,
/// made by the kernel's linear, with a gap behind each that shows a write past the end.
final class Bench {
    static final String KERNELS_DISK = "/dev/ubda";
    static final String OUR_DISK = "/dev/ubdb";
    /// For recordings of what was written.
    static final String SPARE_DISK = "/dev/ubdc";
    /// Sectors behind each piece that nothing may touch.
    static final long GAP_SECTORS = 64;

    private static final String ANCHOR = "parity_anchor_dmctl_test_delme";
    private static final String RECORDER = "parity_log_dmctl_test_delme";
    private static final int SOAK_ROUNDS = 10;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Devices devices = new Devices();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment kernelChunk = arena.allocate(CHUNK_BYTES, 4096);
    private final MemorySegment ourChunk = arena.allocate(CHUNK_BYTES, 4096);
    private final KernelLog log;
    private final long seed = Long.getLong("dmctl.parity.seed", 1);
    private final List<Side> sides = new ArrayList<>();
    private final List<String> pieces = new ArrayList<>();

    private Bench(KernelLog log) {
        this.log = log;
    }

    static Bench open() throws IOException, DmException {
        final Bench bench = new Bench(KernelLog.open());
        bench.devices.create(Engine.JAVA, ANCHOR, "0 8 zero", new LoadOptions("ublk", 1, 8, Side.GROUP));
        return bench;
    }

    KernelLog log() {
        return log;
    }

    long seed() {
        return seed;
    }

    /// How many times as much work as an ordinary run does: 1, or 10 under load (`-Ddmctl.soak=SECONDS`).
    int rounds() {
        return Integer.getInteger("dmctl.soak", 0) > 0 ? SOAK_ROUNDS : 1;
    }

    /// Random numbers of this run's seed; two with the same `salt` are the same.
    Random random(ParityRow row, String salt) {
        return new Random(seed * 1_000_003 + (row.target() + salt).hashCode());
    }

    Side kernel(ParityRow row) throws IOException, DmException {
        return side(Engine.KERNEL, "k", KERNELS_DISK, row);
    }

    Side ours(ParityRow row) throws IOException, DmException {
        return side(Engine.JAVA, "j", OUR_DISK, row);
    }

    /// A side of `engine` whose disks are pieces of `whole`.
    Side side(Engine engine, String letter, String whole, ParityRow row) throws IOException, DmException {
        final List<String> paths = new ArrayList<>();
        for (int i = 0; i < row.disks(); i++) {
            final String name = "parity_" + letter + "_" + i + "_dmctl_test_delme";
            final String table = "0 " + row.diskSectors() + " linear " + whole + " " + offset(row, i);
            devices.create(Engine.KERNEL, name, table, LoadOptions.DEFAULT);
            pieces.add(name);
            paths.add("/dev/mapper/" + name);
        }
        final Side side = new Side(engine, devices, new Disks(paths, row.diskSectors(), letter), row.readOnly());
        sides.add(side);
        return side;
    }

    /// Both engines over one set of disks, for one after the other.
    Map<Engine, Side> shared(ParityRow row) throws IOException, DmException {
        final Side kernel = side(Engine.KERNEL, "s", OUR_DISK, row);
        final Side ours = new Side(Engine.JAVA, devices, kernel.disks(), row.readOnly());
        sides.add(ours);
        return Map.of(Engine.KERNEL, kernel, Engine.JAVA, ours);
    }

    /// Our side, whose disks are recorded on the spare disk.
    Side recorded(ParityRow row) throws IOException, DmException {
        final long sectors = wholeBytes(row) >> BlockIo.SECTOR_SHIFT;
        devices.create(
                Engine.KERNEL,
                RECORDER,
                "0 " + sectors + " log-writes " + OUR_DISK + " " + SPARE_DISK,
                LoadOptions.DEFAULT);
        pieces.add(RECORDER);
        return side(Engine.JAVA, "j", "/dev/mapper/" + RECORDER, row);
    }

    /// Puts a mark into the recording.
    void mark(String text) throws IOException, DmException {
        devices.engines().control(Engine.KERNEL).run(new DmTask.TargetMessage(Devices.id(RECORDER), 0, "mark " + text));
    }

    /// Gives the piece another table, at once: the fault that a proof puts below a target.
    void replacePiece(String path, String table) throws IOException, DmException {
        final String name = path.substring("/dev/mapper/".length());
        devices.load(Engine.KERNEL, name, table, LoadOptions.DEFAULT);
        devices.resume(Engine.KERNEL, name);
    }

    /// Where disk `i` begins on its side's whole disk, in sectors.
    static long offset(ParityRow row, int i) {
        return i * (row.diskSectors() + GAP_SECTORS);
    }

    static long wholeBytes(ParityRow row) {
        return offset(row, row.disks()) << BlockIo.SECTOR_SHIFT;
    }

    /// The same bytes on both whole disks: random, zeros where the row wants a blank disk.
    void fill(ParityRow row) throws Exception {
        try (BlockIo kernels = BlockIo.open(KERNELS_DISK);
                BlockIo ours = BlockIo.open(OUR_DISK)) {
            final Random random = random(row, "fill");
            for (int i = 0; i < row.disks(); i++) {
                final long begin = offset(row, i) << BlockIo.SECTOR_SHIFT;
                final long diskEnd = begin + (row.diskSectors() << BlockIo.SECTOR_SHIFT);
                final long end = offset(row, i + 1) << BlockIo.SECTOR_SHIFT;
                for (long at = begin; at < end; ) {
                    final long limit = at < diskEnd ? diskEnd : end;
                    final MemorySegment chunk = kernelChunk.asSlice(0, Math.min(CHUNK_BYTES, limit - at));
                    Patterns.fill(chunk, at < diskEnd && row.startsBlank(i) ? 0 : random.nextLong() | 1);
                    check("write", chunk.byteSize(), kernels.write(chunk, at));
                    check("write", chunk.byteSize(), ours.write(chunk, at));
                    at += chunk.byteSize();
                }
            }
        }
        for (Disks disks : sides.stream().map(Side::disks).distinct().toList()) {
            row.prepare(disks);
        }
    }

    /// Where the two whole disks differ; empty when every byte is the same, the gaps' too.
    List<String> differencesBelow(ParityRow row) throws IOException {
        final List<String> found = new ArrayList<>();
        try (BlockIo kernels = BlockIo.open(KERNELS_DISK);
                BlockIo ours = BlockIo.open(OUR_DISK)) {
            for (int i = 0; i < row.disks(); i++) {
                final long begin = offset(row, i) << BlockIo.SECTOR_SHIFT;
                final long bytes = (row.diskSectors() + GAP_SECTORS) << BlockIo.SECTOR_SHIFT;
                found.addAll(differences("disk" + i, kernels, ours, begin, bytes));
            }
        }
        return found;
    }

    /// Compares `bytes` of two devices from `begin`; also where one of them answers an error and the other does
    /// not.
    List<String> differences(String what, BlockIo kernels, BlockIo ours, long begin, long bytes) {
        final List<String> found = new ArrayList<>();
        for (long at = 0; at < bytes && found.size() < 4; at += CHUNK_BYTES) {
            final long length = Math.min(CHUNK_BYTES, bytes - at);
            final MemorySegment theirs = kernelChunk.asSlice(0, length);
            final MemorySegment own = ourChunk.asSlice(0, length);
            final long kernel = kernels.read(theirs, begin + at);
            final long java = ours.read(own, begin + at);
            if (kernel != java) {
                found.add(what + ": read of " + length + " bytes at " + at + ": kernel " + kernel + ", ours " + java);
            } else if (kernel > 0) {
                final long mismatch = theirs.mismatch(own);
                if (mismatch >= 0) {
                    final long sector = mismatch >> BlockIo.SECTOR_SHIFT;
                    found.add(what + ": sector " + ((at >> BlockIo.SECTOR_SHIFT) + sector) + ", byte "
                            + (mismatch & 511) + ": kernel " + hex(theirs, mismatch) + ", ours " + hex(own, mismatch));
                }
            }
        }
        return found;
    }

    private static String hex(MemorySegment bytes, long at) {
        final long end = Math.min(bytes.byteSize(), at + 8);
        final StringBuilder out = new StringBuilder();
        for (long i = at; i < end; i++) {
            out.append(String.format("%02x", bytes.get(ValueLayout.JAVA_BYTE, i)));
        }
        return out.toString();
    }

    private static void check(String call, long bytes, long result) throws ErrnoException {
        ErrnoException.check(call, "disk", result);
        if (result != bytes) {
            throw new AssertionError(call + ": " + result + " of " + bytes + " bytes");
        }
    }

    /// Removes what a proof has left, devices first, then the pieces below them.
    void clear() throws IOException, DmException {
        for (Side side : sides.reversed()) {
            side.removeAll();
        }
        sides.clear();
        for (String name : pieces.reversed()) {
            devices.remove(Engine.KERNEL, name);
        }
        pieces.clear();
    }

    void close() throws Exception {
        clear();
        devices.remove(Engine.JAVA, ANCHOR);
        devices.close();
        log.close();
        arena.close();
        Remains.requireNone();
    }
}
