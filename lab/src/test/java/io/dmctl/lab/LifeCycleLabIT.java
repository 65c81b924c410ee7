package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.lab.parity.BlockIo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A device under load changes its size and its server, and no request fails or is lost. `-Psoak` has the counts
/// of an acceptance.
@LabTest(
        disks = {"32M"},
        timeoutSeconds = 1500)
class LifeCycleLabIT {
    private static final String NAME = "life_dmctl_test_delme";
    private static final String UPPER = "life_upper_dmctl_test_delme";
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int CYCLES = LabBoot.cycles(50, 5);
    private static final int THREADS = 3;
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long SMALL_SECTORS = 16384;
    private static final long LARGE_SECTORS = 49152;

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(UPPER, NAME);
        devices.close();
        Remains.requireNone();
    }

    private static String linear(long sectors) {
        return "0 " + sectors + " linear /dev/ubda 0";
    }

    private static LoadOptions recovery(String policy) {
        return new LoadOptions("ublk", 2, 32, "", policy);
    }

    private List<DmName> upgrade() throws Exception {
        return devices.engines().upgrade(DmName.mangle(NAME));
    }

    // ---- size ----

    @ParameterizedTest
    @EnumSource(Engine.class)
    void theSizeFollowsTheTableUnderLoad(Engine engine) throws Exception {
        devices.create(
                engine, NAME, linear(SMALL_SECTORS), engine == Engine.JAVA ? recovery("none") : LoadOptions.DEFAULT);
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), SMALL_SECTORS, THREADS, SEED)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                resize(engine, LARGE_SECTORS);
                requireLastPage(true);
                load.awaitWrites(20, BOUND);
                resize(engine, SMALL_SECTORS);
                requireLastPage(false);
                load.awaitWrites(20, BOUND);
            }
            assertEquals(0, load.failed.get(), "requests failed, seed " + SEED);
        }
    }

    private void resize(Engine engine, long sectors) throws Exception {
        devices.load(engine, NAME, linear(sectors), LoadOptions.DEFAULT);
        devices.resume(engine, NAME);
        final Path size =
                Path.of("/sys/dev/block", devices.info(engine, NAME).devno().toString(), "size");
        assertEquals(sectors, Long.parseLong(Files.readString(size).strip()));
    }

    /// The last page of the large table can be written and read while that is in use, and not after.
    private static void requireLastPage(boolean there) throws Exception {
        final long at = (LARGE_SECTORS << 9) - 4096;
        try (BlockIo io = BlockIo.open("/dev/mapper/" + NAME)) {
            final MemorySegment page = Arena.ofAuto().allocate(4096, 4096).fill((byte) 7);
            assertEquals(there ? 4096 : -Errno.ENOSPC, io.write(page, at));
            assertEquals(there ? 4096 : 0, io.read(page, at));
        }
    }

    // ---- the server ----

    @ParameterizedTest
    @ValueSource(strings = {"queue", "reissue"})
    void upgradesUnderLoadLoseNothingAndFailNothing(String policy) throws Exception {
        devices.create(Engine.JAVA, NAME, linear(SMALL_SECTORS), recovery(policy));
        final String text = devices.tableText(Engine.JAVA, NAME);
        long took = 0;
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), SMALL_SECTORS, THREADS, SEED)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                load.awaitWrites(50, BOUND);
                final long pid = Remains.server().pid();
                final long start = System.nanoTime();
                assertEquals(List.of(DmName.mangle(NAME)), upgrade());
                took += System.nanoTime() - start;
                assertNotEquals(pid, Remains.server().pid());
                load.awaitWrites(50, BOUND);
                assertEquals(0, load.failed.get(), "requests failed, seed " + SEED);
            }
        }
        assertEquals(text, devices.tableText(Engine.JAVA, NAME));
        System.out.println(policy + ": an upgrade took " + took / CYCLES / 1_000_000 + " ms, seed " + SEED);
    }

    @Test
    void aStackIsUpgradedTogetherAndStaysMounted() throws Exception {
        devices.create(Engine.JAVA, NAME, linear(LARGE_SECTORS), recovery("reissue"));
        devices.create(Engine.JAVA, UPPER, "0 40960 linear /dev/mapper/" + NAME + " 8", recovery("reissue"));
        Guest.sh("""
                mkfs.ext4 -q -F /dev/mapper/%s
                mkdir -p /tmp/life && mount /dev/mapper/%s /tmp/life
                dd if=/dev/urandom of=/tmp/life/before bs=64k count=16 status=none
                """.formatted(UPPER, UPPER)).ok();
        try {
            final String out = Guest.dmctl("upgrade", UPPER).ok();
            assertTrue(out.contains(NAME + ": upgraded in ") && out.contains(UPPER + ": upgraded in "), out);
            Guest.sh("""
                    cp /tmp/life/before /tmp/life/after && sync
                    echo 3 > /proc/sys/vm/drop_caches
                    cmp /tmp/life/before /tmp/life/after
                    """).ok();
        } finally {
            Guest.sh("umount /tmp/life").ok();
        }
    }

    @Test
    void whatWaitsInASuspendedDeviceWaitsOnInTheNextServer() throws Exception {
        devices.create(Engine.JAVA, NAME, linear(SMALL_SECTORS), recovery("reissue"));
        devices.suspend(Engine.JAVA, NAME);
        final CompletableFuture<Long> read = CompletableFuture.supplyAsync(LifeCycleLabIT::readFirst);
        Await.until("the read waits", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) == 1);
        upgrade();
        assertTrue(devices.info(Engine.JAVA, NAME).suspended());
        assertFalse(read.isDone());
        devices.resume(Engine.JAVA, NAME);
        assertEquals(4096L, read.get(BOUND.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void whatWouldFailInASuspendedDeviceKeepsTheServer() throws Exception {
        devices.create(Engine.JAVA, NAME, linear(SMALL_SECTORS), recovery("queue"));
        devices.suspend(Engine.JAVA, NAME);
        final ErrnoException e = assertThrows(ErrnoException.class, this::upgrade);
        assertEquals(Errno.EOPNOTSUPP, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("resume it first"), e.getMessage());
        devices.resume(Engine.JAVA, NAME);
        assertEquals(List.of(DmName.mangle(NAME)), upgrade());
    }

    /// The disk below hangs: the old server goes on, and ends the request when the disk answers.
    @ParameterizedTest
    @ValueSource(strings = {"queue", "reissue"})
    void aDiskThatHangsKeepsTheServerAndIsNamed(String policy) throws Exception {
        final String disk = "life_disk_dmctl_test_delme";
        devices.create(Engine.KERNEL, disk, linear(SMALL_SECTORS), LoadOptions.DEFAULT);
        try {
            devices.create(Engine.JAVA, NAME, "0 16384 linear /dev/mapper/" + disk + " 0", recovery(policy));
            final long pid = Remains.server().pid();
            final String number = devices.info(Engine.KERNEL, disk).devno().toString();
            devices.suspend(Engine.KERNEL, disk);
            final CompletableFuture<Long> read = CompletableFuture.supplyAsync(LifeCycleLabIT::readFirst);
            Await.until("the read is below", BOUND, () -> Remains.inFlight(Remains.disk(NAME)) == 1);
            final ErrnoException e = assertThrows(ErrnoException.class, this::upgrade);
            assertEquals(Errno.ETIMEDOUT, e.errno());
            assertTrue(String.valueOf(e.getMessage()).contains(": 1 at " + number + "; the old"), e.getMessage());
            assertEquals(pid, Remains.server().pid());
            assertFalse(read.isDone());
            devices.resume(Engine.KERNEL, disk);
            assertEquals(4096L, read.get(BOUND.toSeconds(), TimeUnit.SECONDS));
            assertEquals(List.of(DmName.mangle(NAME)), upgrade());
            assertEquals(4096L, readFirst());
        } finally {
            devices.resume(Engine.KERNEL, disk);
            devices.remove(Engine.JAVA, NAME);
            devices.remove(Engine.KERNEL, disk);
        }
    }

    private static long readFirst() {
        try (BlockIo io = BlockIo.open("/dev/mapper/" + NAME)) {
            return io.read(Arena.ofAuto().allocate(4096, 4096), 0);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "fail"})
    void whatTheKernelDoesNotKeepIsRefusedAndRunsOn(String policy) throws Exception {
        devices.create(Engine.JAVA, NAME, linear(SMALL_SECTORS), recovery(policy));
        final long pid = Remains.server().pid();
        final ErrnoException e = assertThrows(ErrnoException.class, this::upgrade);
        assertEquals(Errno.EOPNOTSUPP, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("--recovery " + policy), e.getMessage());
        assertEquals(pid, Remains.server().pid());
        assertEquals(4096L, readFirst());
    }
}
