package io.dmctl.jmh;

import io.dmctl.bindings.ring.CompletionQueue;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.ring.RingOptions;
import io.dmctl.bindings.ring.SubmissionQueue;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import java.nio.file.Files;
import java.nio.file.Path;

/// A loop over a ring and nothing else: what `src/main/c/ring_reads.c` does, line by line.
///
/// Owns the ring, the descriptor and the buffers; used on the thread that opened it.
final class RingReads implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final long STRIDE = 7919;

    private final Fd fd;
    private final long blocks;
    private final int depth;
    private final IoUring ring;
    private final Mapping buffers;
    private long block;

    private RingReads(Fd fd, long blocks, int depth, IoUring ring, Mapping buffers) {
        this.fd = fd;
        this.blocks = blocks;
        this.depth = depth;
        this.ring = ring;
        this.buffers = buffers;
    }

    /// Over `file`, opened with `flags` ([io.dmctl.bindings.sys.OpenFlags]).
    static RingReads open(Path file, int flags, int depth) throws Exception {
        return new RingReads(
                Fd.open(file.toString(), flags),
                Files.size(file) / BLOCK,
                depth,
                IoUring.open(RingOptions.of(512).withCqEntries(8192).forQueueThread()),
                Mapping.anonymous((long) depth * BLOCK));
    }

    /// Reads `count` blocks, as many in flight as there are buffers.
    void read(int count) throws ErrnoException {
        final SubmissionQueue sq = ring.sq();
        final CompletionQueue cq = ring.cq();
        int left = count;
        int inFlight = 0;
        for (int tag = 0; tag < depth && left > 0; tag++, left--, inFlight++) {
            prepare(sq, tag);
        }
        while (inFlight > 0) {
            ring.submitAndWait(1);
            final int n = cq.ready();
            for (int i = 0; i < n; i++) {
                final int tag = (int) cq.userData(i);
                if (cq.result(i) != BLOCK) {
                    throw new ErrnoException("read", "block", -Math.min(cq.result(i), -1));
                }
                inFlight--;
                if (left > 0) {
                    prepare(sq, tag);
                    left--;
                    inFlight++;
                }
            }
            cq.advance(n);
        }
    }

    private void prepare(SubmissionQueue sq, int tag) {
        block = (block + STRIDE) % blocks;
        sq.prepRead(fd.number(), buffers.address() + (long) tag * BLOCK, BLOCK, block * BLOCK, 0, tag);
    }

    @Override
    public void close() {
        ring.close();
        fd.close();
        buffers.close();
    }
}
