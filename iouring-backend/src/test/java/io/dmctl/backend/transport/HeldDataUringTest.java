package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.queue.QueueFront;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bytes that a driver has, on a real ring: copied where the ring does not know them, and where it was said to and
/// the kernel finds that it does not.
class HeldDataUringTest {
    private static final int SECTORS = 64;
    private static final int BYTES = SECTORS << 9;
    private static final int PAGE = 4096;
    private static final long LIMIT_S = 30;

    /// The driver's bytes are an array, so that nothing but a copy can have moved them.
    private static final class Holder implements DataHolder, QueueFront {
        final byte[] driver = new byte[BYTES];
        private final Mapping memory;
        private final Data data;
        private volatile boolean done;

        /// Behind the memory is a page without a file, which neither Java nor the kernel can touch.
        Holder(Path file) throws ErrnoException {
            try (Fd fd = Fd.open(file.toString(), OpenFlags.RDWR)) {
                memory = Mapping.shared(fd.number(), 0, BYTES + PAGE, Mapping.READ_WRITE);
            }
            data = Data.of(memory.segment().asSlice(0, BYTES));
        }

        @Override
        public Data memory(int index) {
            return data;
        }

        @Override
        public int load(int index, long offset, long length) {
            MemorySegment.copy(MemorySegment.ofArray(driver), offset, memory.segment(), offset, length);
            return 0;
        }

        @Override
        public int store(int index, long offset, MemorySegment from, long fromOffset, long length) {
            MemorySegment.copy(from, fromOffset, MemorySegment.ofArray(driver), offset, length);
            return 0;
        }

        @Override
        public void start(QueueAgent agent) throws ErrnoException {
            agent.registerBuffersOf(this, 1); // and nothing ever is in that table
        }

        @Override
        public void completed(long payload, int result, int flags) {}

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private static void run(QueueAgent agent, MappedDevice device, Holder holder, ReqOp op, boolean registered)
            throws Exception {
        final CompletableFuture<Integer> status = new CompletableFuture<>();
        final Request request = new Request((ended, thread) -> status.complete(ended.status()), 0);
        request.init(op, 0, 0, SECTORS);
        request.data().setHeld(holder, 0, registered);
        agent.execute(() -> device.submit(request, agent));
        assertEquals(0, status.get(LIMIT_S, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theyAreCopiedBothWays(boolean saidToBeRegistered) throws Exception {
        try (Rig rig = new Rig()) {
            final Path disk = rig.file("disk", SECTORS + 1);
            final Holder holder = new Holder(rig.file("memory", SECTORS));
            final MappedDevice device = rig.device("dev");
            final QueueAgent agent = QueueAgent.start(rig.group, "held", holder);
            rig.run(device, Rig.line(0, 40, "linear", disk + " 1"), Rig.line(40, SECTORS - 40, "linear", disk + " 41"));
            new SplittableRandom(1).nextBytes(holder.driver);
            final byte[] written = holder.driver.clone();
            run(agent, device, holder, ReqOp.WRITE, saidToBeRegistered);
            assertArrayEquals(written, Arrays.copyOfRange(Files.readAllBytes(disk), 512, 512 + BYTES));
            new SplittableRandom(2).nextBytes(holder.driver);
            run(agent, device, holder, ReqOp.READ, saidToBeRegistered);
            assertArrayEquals(written, holder.driver);
            device.remove();
            holder.done = true;
            agent.close();
        }
    }
}
