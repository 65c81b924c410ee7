package io.dmctl.bindings.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate of 'per I/O nothing allocates': the loop of a queue, counted by the JVM itself.
class RingAllocationUringTest {
    private static final int DEPTH = 32;
    private static final int FLUSH_EVERY = 4;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 64;
    private static final int WARM_UP = 400_000;
    private static final int MEASURED = 100_000;
    /// Residue a measurement, not an I/O: the counter's own call.
    private static final long TOLERANCE_BYTES = 64;

    @TempDir
    Path dir;

    @BeforeAll
    static void needs() {
        RingFixture.assumeUring();
    }

    @Test
    void readsAllocateNothing() throws Exception {
        final Path file = Files.write(dir.resolve("f"), RingFixture.random(BLOCK * BLOCKS, 21));
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Fd fd = Fd.open(file.toString(), Libc.O_RDONLY());
                IoUring ring = IoUring.open(RingOptions.of(DEPTH).forQueueThread());
                Mapping buffers = Mapping.anonymous((long) DEPTH * BLOCK)) {
            assertEquals(WARM_UP, loop(ring, fd.number(), buffers.address(), WARM_UP));
            // Once with a wait that is bounded in time too, so that its code is loaded.
            assertEquals(0, ring.submitAndWait(0, 1000));
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long done = loop(ring, fd.number(), buffers.address(), MEASURED);
            final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertEquals(MEASURED, done);
            assertTrue(allocated <= TOLERANCE_BYTES, () -> allocated + " bytes for " + MEASURED + " reads");
        }
    }

    /// The shape of a queue's loop: reap a batch, prepare the next request of each tag, flush every few.
    /// Answers how many reads were whole.
    private static long loop(IoUring ring, int fd, long buffers, int count) {
        final SubmissionQueue sq = ring.sq();
        final CompletionQueue cq = ring.cq();
        int started = 0;
        int completed = 0;
        long whole = 0;
        for (int tag = 0; tag < DEPTH; tag++) {
            prep(sq, fd, buffers, tag, started++);
        }
        while (completed < count) {
            final int r = ring.submitAndWait(1);
            if (r < 0) {
                throw new AssertionError("io_uring_enter: " + r);
            }
            final int n = cq.ready();
            for (int i = 0; i < n; i++) {
                if (cq.result(i) == BLOCK) {
                    whole++;
                }
                if (started < count) {
                    prep(sq, fd, buffers, (int) cq.userData(i), started++);
                    if (sq.pending() == FLUSH_EVERY) {
                        ring.submit();
                    }
                }
            }
            completed += n;
            cq.advance(n);
        }
        return whole;
    }

    private static void prep(SubmissionQueue sq, int fd, long buffers, int tag, int number) {
        final long offset = (long) (number % BLOCKS) * BLOCK;
        if (!sq.prepRead(fd, buffers + (long) tag * BLOCK, BLOCK, offset, 0, tag)) {
            throw new AssertionError("queue full");
        }
    }
}
