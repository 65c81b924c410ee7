package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.lab.Devices;
import io.dmctl.lab.Guest;
import io.dmctl.lab.LabTest;
import io.dmctl.lab.Remains;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a program above reads of an error of the device below, through ublk.
@LabTest(timeoutSeconds = 600)
class LowerErrorsLabIT {
    private static final String NAME = "errors_dmctl_test_delme";
    private static final String BELOW = "errors_below_dmctl_test_delme";
    private static final int PAGE = 4096;
    private static final int LARGE = 16 * PAGE;
    private static final long HALF = 4 << 20;
    private static final MemorySegment BUFFER = Arena.global().allocate(LARGE, PAGE);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME, BELOW);
        Guest.sh("umount -l /tmp/full || true").ok();
        devices.close();
        Remains.requireNone();
    }

    private static BlockIo open() throws ErrnoException {
        return BlockIo.open("/dev/mapper/" + NAME);
    }

    private static MemorySegment bytes(int count, int of) {
        return BUFFER.asSlice(0, count).fill((byte) of);
    }

    @Test
    void whatReachesABadDiskIsEio() throws Exception {
        devices.create(Engine.KERNEL, BELOW, "0 16384 error", LoadOptions.DEFAULT);
        devices.createJava(NAME, "0 16384 linear /dev/mapper/" + BELOW + " 0");
        try (BlockIo io = open()) {
            assertEquals(-Errno.EIO, io.read(bytes(PAGE, 0), 0), "read");
            assertEquals(-Errno.EIO, io.write(bytes(PAGE, 1), 0), "write");
            assertEquals(-Errno.EIO, io.writeFua(bytes(PAGE, 1), 0), "write with FUA");
            assertEquals(0, io.flush(), "it has no cache: a flush does not reach it");
            assertEquals(-Errno.EIO, io.discard(0, LARGE), "discard");
            assertEquals(-Errno.EIO, io.writeZeroes(0, LARGE), "write zeroes");
        }
        final String upper = "errors_upper_dmctl_test_delme";
        devices.create(Engine.KERNEL, upper, "0 16384 linear /dev/mapper/" + NAME + " 0", LoadOptions.DEFAULT);
        try {
            final Guest.Result discard = Guest.sh("blkdiscard -f /dev/mapper/" + upper);
            assertTrue(discard.err().contains("BLKDISCARD ioctl failed: Input/output error"), discard::toString);
        } finally {
            devices.remove(Engine.KERNEL, upper);
        }
    }

    /// A device of the kernel's that takes no discard which must not wait: it is discarded all the same.
    @Test
    void aDiscardReachesADeviceThatMakesItWait() throws Exception {
        Guest.sh("truncate -s 8M /dev/shm/holes").ok();
        final String loop =
                Guest.sh("losetup -f --show --direct-io=on /dev/shm/holes").ok().strip();
        try {
            devices.create(Engine.KERNEL, BELOW, "0 16384 flakey " + loop + " 0 60 0", LoadOptions.DEFAULT);
            devices.createJava(NAME, "0 16384 linear /dev/mapper/" + BELOW + " 0");
            try (BlockIo io = open()) {
                assertEquals(LARGE, io.write(bytes(LARGE, 1), 0));
                assertTrue(allocatedKib() >= LARGE >> 10, "written");
                assertEquals(LARGE, io.discard(0, LARGE));
                assertEquals(0, allocatedKib(), "discarded");
            }
        } finally {
            devices.remove(Engine.JAVA, NAME);
            devices.remove(Engine.KERNEL, BELOW);
            Guest.sh("losetup -d " + loop + " && rm /dev/shm/holes").ok();
        }
    }

    private static long allocatedKib() {
        return Long.parseLong(Guest.sh("du -k /dev/shm/holes | cut -f 1").ok().strip());
    }

    /// A file of 8 MB on a file system of 1 MB: a write of which only a part finds room is as one that finds none.
    @Test
    void aFullFileSystemIsEnospcAndADiscardMakesRoom() throws Exception {
        Guest.sh("mkdir -p /tmp/full && mount -t tmpfs -o size=1M none /tmp/full && truncate -s 8M /tmp/full/disk")
                .ok();
        devices.createJava(NAME, "0 16384 linear /tmp/full/disk 0");
        try (BlockIo io = open()) {
            long at = 0;
            while (io.write(bytes(PAGE, 1), at) == PAGE) {
                at += PAGE;
            }
            assertTrue(at > 4 * LARGE && at < 2 << 20, "full after " + at + " bytes");
            assertEquals(-Errno.ENOSPC, io.write(bytes(PAGE, 1), at));
            assertEquals(-Errno.ENOSPC, io.writeFua(bytes(PAGE, 1), at));
            assertEquals(0, io.flush());
            assertEquals(2 * PAGE, io.discard(0, 2 * PAGE));
            assertEquals(-Errno.ENOSPC, io.write(bytes(LARGE, 2), HALF), "room for a part of it");
            assertEquals(2 * PAGE, io.discard(2 * PAGE, 2 * PAGE));
            assertEquals(PAGE, io.write(bytes(PAGE, 3), 0));
            assertEquals(PAGE, io.read(bytes(PAGE, 0), 0));
            assertEquals(
                    -1,
                    BUFFER.asSlice(0, PAGE)
                            .mismatch(Arena.ofAuto().allocate(PAGE).fill((byte) 3)));
        }
    }

    @Test
    void aReadThatTheFileIsTooShortForIsEio() throws Exception {
        Guest.sh("truncate -s 8M /tmp/short").ok();
        devices.createJava(NAME, "0 16384 linear /tmp/short 0");
        Guest.sh("truncate -s 4M /tmp/short").ok();
        try (BlockIo io = open()) {
            assertEquals(-Errno.EIO, io.read(bytes(PAGE, 0), HALF), "nothing of it is there");
            assertEquals(-Errno.EIO, io.read(bytes(LARGE, 0), HALF - PAGE), "a part of it is there");
            assertEquals(PAGE, io.read(bytes(PAGE, 0), HALF - PAGE));
            Guest.sh("truncate -s 8M /tmp/short").ok();
            assertEquals(LARGE, io.read(bytes(LARGE, 0), HALF - PAGE));
        }
    }
}
