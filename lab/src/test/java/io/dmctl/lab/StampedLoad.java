package io.dmctl.lab;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.lab.parity.BlockIo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads and writes a device from several threads and knows what every sector may hold.
///
/// Each sector is stamped with a magic, the seed, its address, a generation and a checksum. A write that was
/// acknowledged leaves one legal generation; one that is in flight, or failed, two: the one before, and its own.
/// A read of any other is a lost, torn or misplaced write.
///
/// Each thread has an area of its own, so that the order of writes to one sector is known.
final class StampedLoad implements AutoCloseable {
    static final int SECTOR = 512;
    private static final long MAGIC = 0x646d63746c737431L;
    private static final int MAX_SECTORS = 64;
    private static final int ALIGNMENT = 4096;

    private final Path device;
    private final long seed;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
    private volatile boolean stopping;

    /// Writes, reads and failed ones so far.
    final AtomicLong writes = new AtomicLong();

    final AtomicLong reads = new AtomicLong();
    final AtomicLong failed = new AtomicLong();

    /// Stamps all `sectors` once, then starts `threads` threads.
    StampedLoad(Path device, long sectors, int threads, long seed) throws IOException {
        this.device = device;
        this.seed = seed;
        final int each = (int) (sectors / threads);
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(i, (long) i * each, each));
        }
        for (Worker worker : workers) {
            worker.fill();
        }
        workers.forEach(w -> w.thread.start());
    }

    /// What went wrong, if anything did.
    void check() {
        final Throwable e = broken.get();
        if (e != null) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }

    /// Waits until `more` further writes are done.
    void awaitWrites(long more, java.time.Duration bound) throws Exception {
        final long target = writes.get() + more;
        Await.until(more + " more writes", bound, () -> {
            check();
            return writes.get() >= target;
        });
    }

    /// Stops the threads; then every sector must hold a legal generation.
    @Override
    public void close() throws IOException {
        stopping = true;
        for (Worker worker : workers) {
            try {
                worker.thread.join(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (worker.thread.isAlive()) {
                throw new AssertionError("seed " + seed + ": a request is stuck: " + worker.thread.getName());
            }
        }
        check();
        for (Worker worker : workers) {
            worker.verifyAll();
        }
        for (Worker worker : workers) {
            worker.io.close();
        }
        System.out.println("stamped load of " + device + ": seed " + seed + ", " + writes + " writes, " + reads
                + " reads, " + failed + " failed");
    }

    private final class Worker implements Runnable {
        final Thread thread;
        final BlockIo io;
        private final long first;
        /// Acknowledged, and the one that may have been written since; equal when none may.
        private final int[] acknowledged;

        private final int[] attempted;
        private final SplittableRandom random;
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(MAX_SECTORS * SECTOR + ALIGNMENT).alignedSlice(ALIGNMENT);
        private final CRC32C crc = new CRC32C();

        Worker(int index, long first, int sectors) throws IOException {
            this.first = first;
            this.acknowledged = new int[sectors];
            this.attempted = new int[sectors];
            this.random = new SplittableRandom(seed + index);
            this.thread = Thread.ofPlatform().name("stamped-" + index).unstarted(this);
            this.io = BlockIo.open(device.toString());
        }

        void fill() throws IOException {
            for (int at = 0; at < acknowledged.length; at += MAX_SECTORS) {
                write(at, Math.min(MAX_SECTORS, acknowledged.length - at));
            }
        }

        @Override
        public void run() {
            try {
                while (!stopping && broken.get() == null) {
                    final int n = 1 + random.nextInt(MAX_SECTORS);
                    final int at = random.nextInt(acknowledged.length - n + 1);
                    try {
                        if (random.nextInt(4) == 0) {
                            verify(at, n);
                            reads.incrementAndGet();
                        } else {
                            write(at, n);
                            writes.incrementAndGet();
                        }
                    } catch (IOException e) {
                        failed.incrementAndGet();
                        Thread.onSpinWait();
                    }
                }
            } catch (Throwable e) {
                broken.compareAndSet(null, e);
            }
        }

        private void write(int at, int n) throws IOException {
            buffer.clear().limit(n * SECTOR);
            for (int i = 0; i < n; i++) {
                attempted[at + i]++;
                stamp(i * SECTOR, first + at + i, attempted[at + i]);
            }
            requireAll(io.write(MemorySegment.ofBuffer(buffer), (first + at) * SECTOR), n);
            System.arraycopy(attempted, at, acknowledged, at, n);
        }

        private static void requireAll(long done, int sectors) throws IOException {
            if (done != (long) sectors * SECTOR) {
                throw new IOException(done < 0 ? Errno.describe((int) -done) : "only " + done + " bytes");
            }
        }

        void verifyAll() throws IOException {
            for (int at = 0; at < acknowledged.length; at += MAX_SECTORS) {
                verify(at, Math.min(MAX_SECTORS, acknowledged.length - at));
            }
        }

        private void verify(int at, int n) throws IOException {
            buffer.clear().limit(n * SECTOR);
            requireAll(io.read(MemorySegment.ofBuffer(buffer), (first + at) * SECTOR), n);
            for (int i = 0; i < n; i++) {
                verify(i * SECTOR, first + at + i, acknowledged[at + i], attempted[at + i]);
            }
        }

        private void stamp(int at, long sector, int generation) {
            final ByteBuffer b = buffer.order(ByteOrder.LITTLE_ENDIAN);
            b.putLong(at, MAGIC).putLong(at + 8, seed).putLong(at + 16, sector).putLong(at + 24, generation);
            for (int i = 32; i < SECTOR - 8; i += 8) {
                b.putLong(at + i, generation * 0x9e3779b97f4a7c15L + sector * 31 + i);
            }
            b.putLong(at + SECTOR - 8, sum(at));
        }

        private long sum(int at) {
            crc.reset();
            crc.update(buffer.duplicate().limit(at + SECTOR - 8).position(at));
            return crc.getValue();
        }

        /// A generation between the acknowledged and the last attempted is legal: a failed write may have been
        /// done.
        private void verify(int at, long sector, int least, int most) {
            final ByteBuffer b = buffer.order(ByteOrder.LITTLE_ENDIAN);
            final long generation = b.getLong(at + 24);
            if (b.getLong(at) != MAGIC || b.getLong(at + 8) != seed || b.getLong(at + 16) != sector) {
                throw new AssertionError("sector " + sector + ": holds another sector's bytes: magic "
                        + Long.toHexString(b.getLong(at)) + ", sector " + b.getLong(at + 16));
            }
            if (b.getLong(at + SECTOR - 8) != sum(at)) {
                throw new AssertionError("sector " + sector + ": torn, generation " + generation);
            }
            if (generation < least || generation > most) {
                throw new AssertionError(
                        "sector " + sector + ": generation " + generation + ", legal are " + least + " to " + most);
            }
        }
    }
}
