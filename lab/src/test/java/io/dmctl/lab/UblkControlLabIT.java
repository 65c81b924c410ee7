package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;
import io.dmctl.bindings.ublkctl.UblkParams;
import io.dmctl.bindings.ublkctl.UblkState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The ublk control device through the bindings: a device's life, and what is refused in it.
@LabTest(cpus = 2, timeoutSeconds = 600)
class UblkControlLabIT {
    private static final int DEPTH = 16;
    private static final int MAX_IO_BYTES = 1 << 18;
    private static final long SECTORS = 65536;

    private static UblkDeviceInfo add(UblkControl control) throws ErrnoException {
        return control.addDevice(UblkDeviceInfo.wanted(UblkDeviceInfo.ANY_ID, 2, DEPTH, MAX_IO_BYTES, 0));
    }

    private static UblkParams params() {
        return UblkParams.of(UblkParams.Basic.of(SECTORS, 9, MAX_IO_BYTES >> 9));
    }

    @Test
    void featuresOfTheDriver() throws Exception {
        assertTrue(UblkControl.probe().available());
        try (UblkControl control = UblkControl.open()) {
            final Set<UblkFeature> features = UblkFeature.setOf(control.features());
            assertTrue(
                    features.containsAll(
                            Set.of(UblkFeature.CMD_IOCTL_ENCODE, UblkFeature.UPDATE_SIZE, UblkFeature.SAFE_STOP_DEV)),
                    features::toString);
        }
    }

    @Test
    void parametersComeBackAndRefusedOnesLeaveNone() throws Exception {
        try (UblkControl control = UblkControl.open()) {
            final UblkDeviceInfo added = add(control);
            assertTrue(Files.exists(Path.of(added.charDevicePath())));
            final UblkParams given = params().withDiscard(new UblkParams.Discard(4096, 4096, 1024, 2048))
                    .withDmaAlignmentMask(511)
                    .withSegment(new UblkParams.Segment(65535, 32768, 64));
            control.setParams(added.id(), given);
            final UblkParams back = control.params(added.id());
            assertEquals(given.basic(), back.basic());
            assertEquals(given.discard(), back.discard());
            assertEquals(given.dmaAlignmentMask(), back.dmaAlignmentMask());
            assertEquals(given.segment(), back.segment());

            final UblkParams bad = UblkParams.of(UblkParams.Basic.of(SECTORS, 30, MAX_IO_BYTES >> 9));
            requireErrno(Errno.EINVAL, () -> control.setParams(added.id(), bad));
            control.delete(added.id());
            requireErrno(Errno.ENODEV, () -> control.info(added.id()));
            assertFalse(Files.exists(Path.of(added.charDevicePath())));
        }
    }

    private static void requireErrno(int errno, org.junit.jupiter.api.function.Executable refused) {
        final ErrnoException e = assertThrows(ErrnoException.class, refused);
        assertEquals(errno, e.errno(), e.getMessage());
    }

    /// Nobody fetches a tag, so a start waits for ever.
    @Test
    void aStartWithoutQueuesTimesOutAndTheDeviceCanBeDeleted() throws Exception {
        try (UblkControl control = UblkControl.open(Duration.ofMillis(300))) {
            final UblkDeviceInfo added = add(control);
            control.setParams(added.id(), params());
            requireErrno(
                    Errno.ETIMEDOUT,
                    () -> control.start(
                            added.id(), (int) ProcessHandle.current().pid()));
            try (UblkControl other = UblkControl.open()) {
                other.delete(added.id());
                requireErrno(Errno.ENODEV, () -> other.info(added.id()));
            }
        }
    }

    /// The kernel's worker ends with a thread's last ring, and may take a command of the next one with it: some in
    /// 10,000 on a loaded machine.
    @Test
    void aRingThatFollowsAnotherLosesNoCommand() throws Exception {
        final long end =
                System.nanoTime() + Duration.ofSeconds(LabBoot.soakSeconds(5)).toNanos();
        final AtomicLong rings = new AtomicLong();
        final List<FutureTask<Integer>> threads = Stream.generate(() -> new FutureTask<>(() -> {
                    int lost = 0;
                    for (; System.nanoTime() - end < 0; rings.incrementAndGet()) {
                        try (UblkControl control = UblkControl.open(Duration.ofSeconds(5))) {
                            control.params(99);
                        } catch (ErrnoException e) {
                            lost += e.errno() == Errno.ENODEV ? 0 : 1;
                        }
                        LockSupport.parkNanos(rings.get() % 1000 * 1000);
                    }
                    return lost;
                }))
                .limit(3)
                .toList();
        threads.forEach(task -> Thread.ofPlatform().start(task));
        for (FutureTask<Integer> thread : threads) {
            assertEquals(0, thread.get(), "commands were lost");
        }
        System.out.println(rings + " rings, one after the other");
    }

    @Test
    void twoQueuesServeTheDeviceUntilItStops() throws Exception {
        try (UblkControl control = UblkControl.open();
                Arena arena = Arena.ofShared()) {
            final UblkDeviceInfo added = add(control);
            assertEquals(2, added.queues());
            control.setParams(added.id(), params());
            final MemorySegment disk = arena.allocate(SECTORS << 9);
            final int done;
            try (Fd ublkc = Fd.open(added.charDevicePath(), OpenFlags.RDWR)) {
                final FutureTask<Integer> q0 =
                        MemoryUblkQueue.start(ublkc.number(), 0, added.depth(), added.maxIoBytes(), disk);
                final FutureTask<Integer> q1 =
                        MemoryUblkQueue.start(ublkc.number(), 1, added.depth(), added.maxIoBytes(), disk);
                control.start(added.id(), (int) ProcessHandle.current().pid());
                assertEquals(UblkState.LIVE, control.info(added.id()).state());
                final BitSet cpus = control.queueAffinity(added.id(), 0);
                cpus.or(control.queueAffinity(added.id(), 1));
                assertEquals(2, cpus.cardinality());
                requireErrno(Errno.EACCES, () -> control.setParams(added.id(), params()));

                requireData(added.blockDevicePath());
                try (Fd open = Fd.open(added.blockDevicePath(), OpenFlags.RDONLY)) {
                    assertTrue(open.number() >= 0);
                    requireErrno(Errno.EBUSY, () -> control.tryStop(added.id()));
                }
                control.updateSize(added.id(), SECTORS / 2);
                assertEquals(
                        (SECTORS << 8) + "\n",
                        Guest.sh("blockdev --getsize64 " + added.blockDevicePath())
                                .ok());
                control.tryStop(added.id());
                done = q0.get(30, TimeUnit.SECONDS);
                assertTrue(q1.get(30, TimeUnit.SECONDS) > 0);
            }
            assertTrue(done > 0);
            control.delete(added.id());
        }
    }

    /// From both CPUs, and so through both queues.
    private static void requireData(String device) {
        Guest.sh("""
                dd if=/dev/urandom of=/tmp/ublk bs=1M count=32 status=none
                taskset 1 dd if=/tmp/ublk of=%1$s bs=64k oflag=direct status=none
                taskset 2 dd if=%1$s bs=1M iflag=direct status=none | cmp - /tmp/ublk
                """.formatted(device)).ok();
    }
}
