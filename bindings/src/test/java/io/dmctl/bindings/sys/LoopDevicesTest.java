package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.bindings.libc.Libc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real loop devices; skipped, with the reason, where there are none.
class LoopDevicesTest {
    private static final int BYTES = 1 << 20;

    @TempDir
    Path dir;

    private Path file;
    private final byte[] content = new byte[BYTES];

    @BeforeEach
    void makeFile() throws Exception {
        final Availability loop = LoopDevices.probe();
        if (!loop.available()) {
            System.out.println("SKIPPED: needs loop devices: " + loop);
        }
        assumeTrue(loop.available(), loop.toString());
        new Random(7).nextBytes(content);
        file = Files.write(dir.resolve("loop_dmctl_test_delme"), content);
    }

    @Test
    void attachedFileIsABlockDeviceWithItsBytes() throws Exception {
        final String path;
        try (LoopDevice loop = LoopDevices.attach(file, LoopDevices.Options.DEFAULT)) {
            path = loop.path();
            final int fd = loop.fd().number();
            final FileIdentity id = FileIdentity.of(fd);
            assertTrue(id.isBlockDevice());
            assertEquals(path, "/dev/loop" + id.rdev().minor());
            assertEquals(BYTES, BlockDevices.sizeBytes(fd));
            assertEquals(512, BlockDevices.logicalBlockBytes(fd));
            assertFalse(BlockDevices.isReadOnly(fd));
            assertArrayEquals(content, Files.readAllBytes(Path.of(path)));
            assertTrue(Files.exists(Path.of("/sys/block", path.substring("/dev/".length()), "loop")));
        }
        // Detached: no backing file in sysfs.
        assertFalse(Files.exists(Path.of("/sys/block", path.substring("/dev/".length()), "loop")));
    }

    @Test
    void limitsAgreeWithTheIoctls() throws Exception {
        try (LoopDevice loop = LoopDevices.attach(file, LoopDevices.Options.DEFAULT)) {
            final int fd = loop.fd().number();
            final BlockQueue queue = BlockQueue.of(FileIdentity.of(fd).rdev());
            assertEquals(BlockDevices.logicalBlockBytes(fd), queue.logicalBlockBytes());
            assertEquals(BlockDevices.physicalBlockBytes(fd), queue.physicalBlockBytes());
            assertEquals(BlockDevices.ioMinBytes(fd), queue.minimumIoBytes());
            assertEquals(BlockDevices.ioOptBytes(fd), queue.optimalIoBytes());
            assertTrue(queue.maxSectorsKib() > 0);
            assertFalse(queue.zoned());
        }
    }

    @Test
    void readOnlyDeviceRefusesWrites() throws Exception {
        try (LoopDevice loop = LoopDevices.attach(file, new LoopDevices.Options(true, false))) {
            assertTrue(BlockDevices.isReadOnly(loop.fd().number()));
            try (Mapping block = Mapping.anonymous(4096)) {
                // Kernels differ in where they refuse, at the open or at the write, and in the error.
                final int fd = Sys.open(loop.path(), Libc.O_WRONLY(), 0);
                final long r = fd < 0 ? fd : Sys.pwrite(fd, block.address(), 512, 0);
                if (fd >= 0) {
                    Sys.close(fd);
                }
                assertTrue(r == -Errno.EACCES || r == -Errno.EPERM || r == -Errno.EROFS, () -> "result " + r);
            }
            assertArrayEquals(content, Files.readAllBytes(file));
        }
    }

    @Test
    void readOnlyFlagIsSetAndCleared() throws Exception {
        try (LoopDevice loop = LoopDevices.attach(file, LoopDevices.Options.DEFAULT)) {
            final int fd = loop.fd().number();
            BlockDevices.setReadOnly(fd, true);
            assertTrue(BlockDevices.isReadOnly(fd));
            BlockDevices.setReadOnly(fd, false);
            assertFalse(BlockDevices.isReadOnly(fd));
            BlockDevices.flushBuffers(fd);
        }
    }

    @Test
    void blockIoctlOfARegularFileIsRefused() throws Exception {
        try (Fd fd = Fd.open(file.toString(), Libc.O_RDONLY())) {
            final FileIdentity id = FileIdentity.of(fd.number());
            assertTrue(id.isRegularFile());
            assertEquals(BYTES, id.sizeBytes());
            assertEquals(BYTES, BlockDevices.sizeBytes(fd.number()));
            assertEquals((long) Files.getAttribute(file, "unix:ino"), id.inode());
            final ErrnoException e =
                    assertThrows(ErrnoException.class, () -> BlockDevices.logicalBlockBytes(fd.number()));
            assertEquals(Errno.ENOTTY, e.errno());
        }
    }
}
