package io.dmctl.jmh;

import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.ThreadScheduler;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.verity.tree.HashAlgorithm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// How much of the JDK's hash speed is left for a reader of a verity device? `read` is a request through core and
/// target over a device that is done at once, `digest` the hash function alone over as many salted blocks of 4 KiB:
/// the physical limit. Requests go through the device in order, so that every 128th block brings a hash block.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VerityReadBenchmark {
    /// 4 GiB: the hash blocks, 32 MiB, are eight times what a thread keeps.
    private static final long DATA_BLOCKS = 1 << 20;

    private static final int ZERO_BYTES = 1 << 18;

    @Param({"sha256"})
    public String algorithm = "";

    /// Of a request.
    @Param({"4096", "131072"})
    public int bytes;

    private final byte[] salt = new byte[32];
    private final Caller caller = new Caller();
    private final Counter counter = new Counter();
    private final IoGroup group = new IoGroup(new ThreadScheduler(), VerityReadBenchmark::noWorker);
    private final Request request = new Request(counter, 0);
    private final byte[] salted = new byte[salt.length + HashedDevice.BLOCK];
    private final byte[] out = new byte[64];
    private MappedDevice device = group.create("not-set-up");
    private MessageDigest md = sha256();
    private long sector;

    /// The benchmark's own thread; it never sleeps, so nobody needs to wake it.
    private static final class Caller extends IoThread {
        Caller() {
            super(0, Arena.global().allocate(ZERO_BYTES));
        }

        @Override
        protected void wake() {}

        @Override
        public long nowNs() {
            return System.nanoTime();
        }
    }

    private static final class Counter implements RequestSink {
        long done;

        @Override
        public void requestDone(Request finished, IoThread thread) {
            if (finished.status() != 0) {
                throw new IllegalStateException("status " + finished.status());
            }
            done++;
        }
    }

    private static IoThread noWorker(int index) {
        throw new IllegalStateException("verity has no domain");
    }

    private static MessageDigest sha256() {
        return digestNamed("SHA-256");
    }

    private static MessageDigest digestNamed(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Setup
    public void open() throws TableException, IOException {
        final HashAlgorithm hash = HashAlgorithm.find(algorithm).orElseThrow();
        md = digestNamed(algorithm.replace("sha", "SHA-"));
        final Random random = new Random(1);
        random.nextBytes(salt);
        random.nextBytes(salted);
        final byte[] block = new byte[HashedDevice.BLOCK];
        random.nextBytes(block);
        final MemorySegment buffer = Arena.global().allocate(bytes, HashedDevice.BLOCK);
        for (int at = 0; at < bytes; at += block.length) {
            MemorySegment.copy(MemorySegment.ofArray(block), 0, buffer, at, block.length);
        }
        request.data().setMemory(buffer, buffer.asReadOnly());
        final HashedDevice lower = new HashedDevice(DATA_BLOCKS, block, hash, salt);
        // Before the thread joins: there is none yet that the control methods would wait for.
        device = new BenchDevices(lower)
                .running(group, DATA_BLOCKS * (HashedDevice.BLOCK >> 9), "verity", lower.params(), true);
        group.join(caller);
    }

    @Benchmark
    public long read() {
        final int sectors = bytes >> 9;
        sector = (sector + sectors) % (DATA_BLOCKS * (HashedDevice.BLOCK >> 9));
        request.init(ReqOp.READ, 0, sector, sectors);
        device.submit(request, caller);
        caller.runPending();
        return counter.done;
    }

    @Benchmark
    public byte digest() throws DigestException {
        for (int at = 0; at < bytes; at += HashedDevice.BLOCK) {
            md.update(salted);
            md.digest(out, 0, md.getDigestLength());
        }
        return out[0];
    }
}
