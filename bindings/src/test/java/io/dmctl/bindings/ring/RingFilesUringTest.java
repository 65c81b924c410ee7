package io.dmctl.bindings.ring;

import static io.dmctl.bindings.ring.RingFixture.bytes;
import static io.dmctl.bindings.ring.RingFixture.complete;
import static io.dmctl.bindings.ring.RingFixture.completeOne;
import static io.dmctl.bindings.ring.RingFixture.fill;
import static io.dmctl.bindings.ring.RingFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests on files, with plain and registered descriptors and buffers.
class RingFilesUringTest {
    private static final int BYTES = 256 * 1024;
    private static final int PIECE = 4096;

    @TempDir
    Path dir;

    @BeforeAll
    static void needs() {
        RingFixture.assumeUring();
    }

    private Fd file(byte[] content) throws Exception {
        return Fd.open(Files.write(dir.resolve("f"), content).toString(), Libc.O_RDWR());
    }

    @Test
    void whatIsWrittenInPiecesIsInTheFileAndIsReadBack() throws Exception {
        final byte[] expected = random(BYTES, 3);
        try (Fd fd = file(new byte[0]);
                IoUring ring = IoUring.open(RingOptions.of(16).forQueueThread());
                Mapping out = Mapping.anonymous(BYTES);
                Mapping in = Mapping.anonymous(BYTES)) {
            fill(out, expected);
            for (int at = 0; at < BYTES; at += PIECE) {
                while (!ring.sq().prepWrite(fd.number(), out.address() + at, PIECE, at, 0, at)) {
                    assertTrue(ring.submit() > 0);
                }
            }
            complete(ring, BYTES / PIECE).forEach((at, result) -> assertEquals(PIECE, result));
            assertTrue(ring.sq().prepFsync(fd.number(), true, 0));
            assertEquals(0, completeOne(ring));
            assertArrayEquals(expected, Files.readAllBytes(dir.resolve("f")));
            for (int at = 0; at < BYTES; at += PIECE) {
                while (!ring.sq().prepRead(fd.number(), in.address() + at, PIECE, at, 0, at)) {
                    assertTrue(ring.submit() > 0);
                }
            }
            complete(ring, BYTES / PIECE).forEach((at, result) -> assertEquals(PIECE, result));
            assertArrayEquals(expected, bytes(in, BYTES));
        }
    }

    @Test
    void registeredFilesAndBuffersCarryTheSameBytes() throws Exception {
        final byte[] expected = random(BYTES, 4);
        try (Fd fd = file(expected);
                IoUring ring = IoUring.open(RingOptions.of(16));
                Mapping first = Mapping.anonymous(BYTES);
                Mapping second = Mapping.anonymous(BYTES)) {
            ring.register().filesSparse(4);
            ring.register().file(2, fd.number());
            ring.register().buffers(new long[] {first.address(), second.address()}, new long[] {BYTES, BYTES});
            assertTrue(ring.sq().prepReadFixed(2, second.address(), BYTES, 0, 0, 1, 1));
            ring.sq().markFixedFile();
            assertEquals(BYTES, completeOne(ring));
            assertArrayEquals(expected, bytes(second, BYTES));
            // Buffer 0 does not hold this address.
            assertTrue(ring.sq().prepReadFixed(2, second.address(), BYTES, 0, 0, 0, 2));
            ring.sq().markFixedFile();
            assertEquals(-Errno.EFAULT, completeOne(ring));

            final byte[] changed = random(BYTES, 5);
            fill(first, changed);
            assertTrue(ring.sq().prepWriteFixed(2, first.address(), BYTES, 0, 0, 0, 3));
            ring.sq().markFixedFile();
            assertEquals(BYTES, completeOne(ring));
            assertArrayEquals(changed, Files.readAllBytes(dir.resolve("f")));
            ring.register().file(2, -1);
            assertTrue(ring.sq().prepFsync(2, false, 4));
            ring.sq().markFixedFile();
            assertEquals(-Errno.EBADF, completeOne(ring));
            ring.register().unregisterBuffers();
            ring.register().unregisterFiles();
        }
    }

    @Test
    void sparseBufferTableIsFilledLater() throws Exception {
        final byte[] expected = random(PIECE, 6);
        try (Fd fd = file(expected);
                IoUring ring = IoUring.open(RingOptions.of(4));
                Mapping buffer = Mapping.anonymous(PIECE)) {
            ring.register().buffersSparse(8);
            assertTrue(ring.sq().prepReadFixed(fd.number(), buffer.address(), PIECE, 0, 0, 7, 1));
            assertEquals(-Errno.EFAULT, completeOne(ring));
            ring.register().buffer(7, buffer.address(), PIECE);
            assertTrue(ring.sq().prepReadFixed(fd.number(), buffer.address(), PIECE, 0, 0, 7, 2));
            assertEquals(PIECE, completeOne(ring));
            assertArrayEquals(expected, bytes(buffer, PIECE));
        }
    }

    @Test
    void punchedRangeReadsAsZeroes() throws Exception {
        final byte[] expected = random(BYTES, 8);
        try (Fd fd = file(expected);
                IoUring ring = IoUring.open(RingOptions.of(4))) {
            final int mode = Libc.FALLOC_FL_PUNCH_HOLE() | Libc.FALLOC_FL_KEEP_SIZE();
            assertTrue(ring.sq().prepFallocate(fd.number(), mode, 8192, 16384, 1));
            assertEquals(Map.of(1L, 0), complete(ring, 1));
            Arrays.fill(expected, 8192, 8192 + 16384, (byte) 0);
            assertArrayEquals(expected, Files.readAllBytes(dir.resolve("f")));
        }
    }

    @Test
    void readAtTheEndIsShortAndThenZero() throws Exception {
        try (Fd fd = file(random(1000, 9));
                IoUring ring = IoUring.open(RingOptions.of(4));
                Mapping buffer = Mapping.anonymous(PIECE)) {
            assertTrue(ring.sq().prepRead(fd.number(), buffer.address(), PIECE, 0, 0, 1));
            assertTrue(ring.sq().prepRead(fd.number(), buffer.address(), PIECE, 1000, 0, 2));
            assertEquals(Map.of(1L, 1000, 2L, 0), complete(ring, 2));
        }
    }
}
