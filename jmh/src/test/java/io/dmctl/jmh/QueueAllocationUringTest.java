package io.dmctl.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.backend.lower.Claims;
import io.dmctl.backend.lower.RingDevice;
import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.ThreadScheduler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate of 'per I/O nothing allocates': requests through the core, a queue's thread and a ring device,
/// counted by the JVM on that thread.
class QueueAllocationUringTest {
    private static final int DEPTH = 32;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 64;
    private static final int WARM_UP = 100_000;
    private static final int MEASURED = 50_000;
    private static final int BATCHES = 5;
    /// Residue a batch, not an I/O: the counter's own call.
    private static final long TOLERANCE_BYTES = 64;

    @TempDir
    Path dir;

    @Test
    void readsThroughQueueAndRingDeviceAllocateNothing() throws Exception {
        final Availability uring = IoUring.probe();
        assumeTrue(uring.available(), uring::toString);
        final Path file = Files.write(dir.resolve("f"), new byte[BLOCK * BLOCKS]);
        final IoGroup group = new IoGroup(new ThreadScheduler(), index -> {
            throw new IllegalStateException("linear has no domain");
        });
        try (Claims claims = new Claims(key -> Optional.empty());
                Fd fd = Fd.open(file.toString(), OpenFlags.RDONLY)) {
            final RingDevice lower = claims.open(fd, true);
            final long sectors = lower.sizeSectors();
            final ReadLoad load =
                    new ReadLoad(new BenchDevices(lower).running(group, sectors, "linear", "7:0 0"), DEPTH, BLOCK);
            QueueAgent.start(group, "gate", load);
            try {
                assertEquals(0, load.run(WARM_UP));
                // A compiler that changes its mind allocates once; a path that allocates does in every batch.
                long least = Long.MAX_VALUE;
                for (int batch = 0; batch < BATCHES && least > TOLERANCE_BYTES; batch++) {
                    assertEquals(0, load.run(MEASURED));
                    least = Math.min(least, load.allocatedBytes());
                }
                assertTrue(least <= TOLERANCE_BYTES, least + " bytes for " + MEASURED + " reads");
            } finally {
                load.stop();
            }
        }
    }
}
