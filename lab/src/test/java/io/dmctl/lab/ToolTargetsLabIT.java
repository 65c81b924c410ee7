package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What flakey, delay, dust, error, switch, unstriped and null do in time, to errors from below and to the queue's
/// limits: on both engines where the kernel has the target. Tables and bytes are compared in the parity tests.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class ToolTargetsLabIT {
    private static final String SUFFIX = "_tools_dmctl_test_delme";
    private static final String ANCHOR = "anchor" + SUFFIX;
    private static final LoadOptions OPTIONS = new LoadOptions("ublk", 1, 32, "tools");
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final int SECTOR_BYTES = 512;
    private static final long NS_PER_MS = 1_000_000L;
    /// A jiffy of the guest: the kernel's timers may be early by so much.
    private static final long JIFFY_MS = 10;

    private final Devices devices = new Devices();
    private final List<Dev> made = new ArrayList<>();

    /// A device of one engine, whose table says `DISK` for its own disk.
    private final class Dev {
        private final Engine engine;
        private final String name;

        Dev(Engine engine, String name) {
            this.engine = engine;
            this.name = name + (engine == Engine.KERNEL ? "_k" : "_j") + SUFFIX;
        }

        String table(String text) {
            return text.replace("DISK", engine == Engine.KERNEL ? "/dev/ubda" : "/dev/ubdb");
        }

        Path path() {
            return Path.of("/dev/mapper", name);
        }

        String info() {
            try {
                return devices.engines()
                        .control(engine)
                        .run(new DmTask.TableStatus(Devices.id(name), DmTask.TableStatus.Kind.INFO, false, false))
                        .lines()
                        .getFirst()
                        .toString()
                        .strip();
            } catch (IOException | DmException e) {
                throw new AssertionError(e);
            }
        }

        String message(long sector, String words) throws IOException, DmException {
            return devices.engines()
                    .control(engine)
                    .run(new DmTask.TargetMessage(Devices.id(name), sector, words))
                    .orElse("");
        }

        String queue(String file) throws IOException {
            final Number rdev = (Number) Files.getAttribute(path(), "unix:rdev");
            final String devno = Devno.ofStRdev(rdev.longValue()).toString();
            return Files.readString(Path.of("/sys/dev/block", devno, "queue", file))
                    .strip();
        }

        void swap(String table) throws IOException, DmException {
            devices.load(engine, name, table(table), OPTIONS);
            devices.resume(engine, name);
        }

        /// Does one sector of it read?
        boolean reads(long sector) {
            return SECTOR_BYTES == io((fd, buffer) -> Sys.pread(fd, buffer, SECTOR_BYTES, sector << 9));
        }

        boolean writes(long sector) {
            return SECTOR_BYTES == io((fd, buffer) -> Sys.pwrite(fd, buffer, SECTOR_BYTES, sector << 9));
        }

        void flush() {
            assertEquals(0, io((fd, buffer) -> Sys.fdatasync(fd)));
        }

        private long io(Call call) {
            try (Arena arena = Arena.ofConfined();
                    Fd fd = Fd.open(path().toString(), OpenFlags.RDWR | OpenFlags.DIRECT)) {
                return call.run(fd.number(), arena.allocate(SECTOR_BYTES, 4096).address());
            } catch (ErrnoException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// A system call on a descriptor and the address of a sector: its result, or `-errno`.
    @FunctionalInterface
    private interface Call {
        long run(int fd, long buffer);
    }

    private Dev create(Engine engine, String name, String table) throws IOException, DmException {
        final Dev dev = new Dev(engine, name);
        devices.create(engine, dev.name, dev.table(table), OPTIONS);
        made.add(dev);
        return dev;
    }

    private List<Dev> onBoth(String name, String table) throws IOException, DmException {
        return List.of(create(Engine.KERNEL, name, table), create(Engine.JAVA, name, table));
    }

    /// Keeps the server alive, so that a load is quick.
    @BeforeEach
    void anchor() throws Exception {
        devices.create(Engine.JAVA, ANCHOR, "0 8 zero", OPTIONS);
    }

    @AfterEach
    void removeAll() throws Exception {
        for (Dev dev : made.reversed()) {
            devices.resume(dev.engine, dev.name);
            devices.remove(dev.engine, dev.name);
        }
        devices.remove(Engine.JAVA, ANCHOR);
        devices.close();
        Remains.requireNone();
    }

    // ---- flakey ----

    /// A device, and between which times its table was constructed.
    private record Flakey(Dev dev, long beforeNs, long afterNs) {
        private static final long INTERVAL_NS = 2_000_000_000L;
        private static final long MARGIN_NS = 60 * NS_PER_MS;

        /// Up 2 s, down 2 s: empty while the border is too near to say.
        Optional<Boolean> up(long fromNs, long toNs) {
            final long first = fromNs - afterNs - MARGIN_NS;
            final long last = toNs - beforeNs + MARGIN_NS;
            final long interval = Math.floorDiv(first, INTERVAL_NS);
            return interval == Math.floorDiv(last, INTERVAL_NS) ? Optional.of(interval % 2 == 0) : Optional.empty();
        }
    }

    private Flakey flakey(Engine engine, String table) throws IOException, DmException {
        final Dev dev = new Dev(engine, "flakey");
        final var info = devices.reserve(engine, dev.name, Optional.empty());
        made.add(dev);
        final long before = System.nanoTime();
        devices.load(engine, dev.name, dev.table(table), OPTIONS);
        final long after = System.nanoTime();
        devices.resume(engine, dev.name);
        if (engine == Engine.KERNEL) {
            DmNodes.system().add(info.name(), info.devno());
        }
        return new Flakey(dev, before, after);
    }

    @Test
    void flakeyIsUpAndDownFromTheLoadOn() throws Exception {
        final String table = "0 2048 flakey DISK 0 2 2 1 error_reads";
        final List<Flakey> both = List.of(flakey(Engine.KERNEL, table), flakey(Engine.JAVA, table));
        final Map<Engine, int[]> seen = new EnumMap<>(Engine.class);
        final long end = System.nanoTime() + 8_500 * NS_PER_MS;
        while (System.nanoTime() < end) {
            for (Flakey flakey : both) {
                final long from = System.nanoTime();
                final boolean reads = flakey.dev.reads(0);
                final Optional<Boolean> up = flakey.up(from, System.nanoTime());
                if (up.isPresent()) {
                    assertEquals(up.get(), reads, flakey.dev.engine + " after " + (from - flakey.afterNs) / NS_PER_MS);
                    seen.computeIfAbsent(flakey.dev.engine, e -> new int[2])[reads ? 1 : 0]++;
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        for (Flakey flakey : both) {
            final int[] times = seen.getOrDefault(flakey.dev.engine, new int[2]);
            assertTrue(times[0] > 5 && times[1] > 5, flakey.dev.engine + ": down " + times[0] + ", up " + times[1]);
        }
    }

    // ---- delay ----

    private static long tookMs(Runnable work) {
        final long before = System.nanoTime();
        work.run();
        return (System.nanoTime() - before) / NS_PER_MS;
    }

    @Test
    void delayedBiosTakeAtLeastTheirDelay() throws Exception {
        for (Dev dev : onBoth("delay", "0 2048 delay DISK 0 200 DISK 0 400 DISK 0 300")) {
            final long early = dev.engine == Engine.KERNEL ? JIFFY_MS : 0;
            final long read = tookMs(() -> assertTrue(dev.reads(0)));
            final long write = tookMs(() -> assertTrue(dev.writes(0)));
            final long flush = tookMs(() -> dev.flush());
            final String all = dev.engine + ": read " + read + " ms, write " + write + " ms, flush " + flush + " ms";
            System.out.println(all);
            assertTrue(read >= 200 - early && write >= 400 - early && flush >= 300 - early, all);
            assertTrue(read < 2200 && write < 2400 && flush < 2300, all);
            assertEquals("0 2048 delay 0 0 0", dev.info());
        }
    }

    @Test
    void infoCountsWhatIsDelayedAndASuspendPushesItOut() throws Exception {
        for (Dev dev : onBoth("late", "0 2048 delay DISK 0 600000")) {
            final List<FutureTask<Boolean>> ios = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final long sector = 8L * i;
                ios.add(new FutureTask<>(() -> dev.reads(sector)));
            }
            ios.add(new FutureTask<>(() -> dev.writes(64)));
            ios.forEach(io -> Thread.ofPlatform().daemon().start(io));
            Await.until("all wait", BOUND, () -> dev.info().equals("0 2048 delay 3 1 0"));
            devices.suspend(dev.engine, dev.name);
            for (FutureTask<Boolean> io : ios) {
                assertTrue(io.get(BOUND.toSeconds(), TimeUnit.SECONDS), dev.engine.toString());
            }
            assertEquals("0 2048 delay 0 0 0", dev.info());
        }
    }

    // ---- dust ----

    /// The quirk: a flush is a write of no bytes at sector 0, less the target's begin.
    @Test
    void dustTakesAFlushForAWrite() throws Exception {
        for (Dev dev : onBoth("dust", "0 8 zero\n8 64 dust DISK 24 1024")) {
            for (String words : List.of("enable", "addbadblock 8", "addbadblock 12", "addbadblock 13 1")) {
                assertEquals("", dev.message(8, words));
            }
            assertTrue(!dev.reads(8), dev.engine + ": block 12 is bad");
            dev.flush();
            assertEquals("12\n13\n", dev.message(8, "listbadblocks"), dev.engine.toString());
            assertTrue(!dev.writes(10), dev.engine + ": the first write of block 13 fails");
            assertTrue(dev.writes(10), dev.engine + ": the second does not");
            assertEquals("countbadblocks: 1 badblock(s) found", dev.message(8, "countbadblocks"));
        }
    }

    // ---- limits ----

    @Test
    void mergingIsOffWhereTheBioIsTheUnit() throws Exception {
        final Dev dev = create(Engine.JAVA, "merges", "0 2048 dust DISK 0 512");
        assertEquals("2", dev.queue("nomerges"));
        dev.swap("0 2048 linear DISK 0");
        assertEquals("0", dev.queue("nomerges"));
        dev.swap("0 2048 flakey DISK 0 1 1 5 corrupt_bio_byte 1 w 7 0");
        assertEquals("2", dev.queue("nomerges"));
        dev.swap("0 2048 flakey DISK 0 1 1");
        assertEquals("0", dev.queue("nomerges"));
    }

    @Test
    void errorLendsItsDevicesLimits() throws Exception {
        final String loop = Guest.sh("truncate -s 4M /tmp/blocks_dmctl_test_delme;"
                        + " losetup --sector-size 4096 --find --show /tmp/blocks_dmctl_test_delme")
                .ok()
                .strip();
        try {
            for (String table : List.of("0 2048 error " + loop + " 8", "0 2048 error")) {
                // One after the other: two engines cannot claim the device at once.
                final Map<String, String> theirs = failingLimits(create(Engine.KERNEL, "error", table));
                assertEquals(theirs, failingLimits(create(Engine.JAVA, "error", table)), table);
            }
        } finally {
            Guest.sh("losetup -d " + loop).ok();
        }
    }

    private Map<String, String> failingLimits(Dev dev) throws IOException, DmException {
        assertTrue(!dev.reads(0) && !dev.writes(0), dev.engine.toString());
        final Map<String, String> limits = limits(dev);
        remove(dev);
        return limits;
    }

    private void remove(Dev dev) throws IOException, DmException {
        devices.remove(dev.engine, dev.name);
        made.remove(dev);
    }

    private static Map<String, String> limits(Dev dev) throws IOException {
        final Map<String, String> limits = new TreeMap<>();
        for (String file : List.of("logical_block_size", "physical_block_size", "minimum_io_size")) {
            limits.put(file, dev.queue(file));
        }
        return limits;
    }

    // ---- errors from below ----

    /// Sector 20 of what is below fails, and that alone.
    @Test
    void anErrorBelowComesUpWhereItIs() throws Exception {
        final String below = "0 20 linear DISK 0\n20 1 error\n21 2027 linear DISK 21";
        final List<Dev> bad = List.of(
                create(Engine.KERNEL, "bad", below),
                create(Engine.KERNEL, "worse", below.replace("DISK", "/dev/ubdb")));
        for (String target : List.of(
                "0 16 unstriped 2 8 0 BAD 0", // sector 12
                "0 64 switch 1 8 0 BAD 8", // 12
                "0 64 delay BAD 8 5", // 12
                "0 64 flakey BAD 8 0 1 9 corrupt_bio_byte 1 r 1 0 random_write_corrupt 1000000000 random_read_corrupt 0",
                "0 64 dust BAD 8 512")) {
            final Dev kernels = create(
                    Engine.KERNEL,
                    "over",
                    target.replace("BAD", bad.get(0).path().toString()));
            final Dev ours = create(
                    Engine.JAVA, "over", target.replace("BAD", bad.get(1).path().toString()));
            for (Dev dev : List.of(kernels, ours)) {
                final String what = dev.engine + " " + target;
                assertTrue(!dev.reads(12) && !dev.writes(12), what);
                assertTrue(dev.reads(11) && dev.reads(13) && dev.writes(11) && dev.writes(13), what);
                remove(dev);
            }
        }
    }

    // ---- null ----

    @Test
    void nullDoesNothingWell() throws Exception {
        final Dev dev = create(Engine.JAVA, "null", "0 2048 null");
        assertTrue(dev.reads(0) && dev.writes(2047));
        dev.flush();
        assertEquals("0 2048 null", dev.info());
    }
}
