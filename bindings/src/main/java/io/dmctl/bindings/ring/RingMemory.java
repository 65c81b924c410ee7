package io.dmctl.bindings.ring;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.io_uring_cqe;
import io.dmctl.bindings.uring.io_uring_sqe;
import java.lang.foreign.MemorySegment;

/// The memory that a ring shares with the kernel: the two rings (one mapping where the kernel offers it) and
/// the submission entries. Owned by the [IoUring], which unmaps it after the descriptor is closed.
final class RingMemory implements AutoCloseable {
    /// log2 of a plain submission entry; one more with SQE128.
    private static final int SQE_SHIFT = 6;

    private final Mapping sqRing;
    private final Mapping cqRing;
    private final Mapping sqes;

    private RingMemory(Mapping sqRing, Mapping cqRing, Mapping sqes) {
        this.sqRing = sqRing;
        this.cqRing = cqRing;
        this.sqes = sqes;
    }

    static int sqeShift(RingSetup setup) {
        return setup.has(Uring.IORING_SETUP_SQE128()) ? SQE_SHIFT + 1 : SQE_SHIFT;
    }

    static RingMemory map(RingSetup setup) throws ErrnoException {
        final int fd = setup.fd().number();
        // The entries' array, where there is one, is the last part of the submission ring.
        final boolean noArray = setup.has(Uring.IORING_SETUP_NO_SQARRAY());
        long sqBytes = noArray ? 0 : setup.sqOffsets().array() + (long) setup.sqEntries() * Integer.BYTES;
        long cqBytes = setup.cqOffsets().cqes() + setup.cqEntries() * io_uring_cqe.sizeof();
        final boolean single = (setup.features() & Uring.IORING_FEAT_SINGLE_MMAP()) != 0;
        if (single) {
            sqBytes = Math.max(sqBytes, cqBytes);
            cqBytes = sqBytes;
        }
        Mapping sq = null;
        Mapping cq = null;
        try {
            sq = Mapping.shared(fd, Uring.IORING_OFF_SQ_RING(), sqBytes, Mapping.READ_WRITE);
            cq = single ? sq : Mapping.shared(fd, Uring.IORING_OFF_CQ_RING(), cqBytes, Mapping.READ_WRITE);
            final long sqeBytes = (long) setup.sqEntries() << sqeShift(setup);
            return new RingMemory(sq, cq, Mapping.shared(fd, Uring.IORING_OFF_SQES(), sqeBytes, Mapping.READ_WRITE));
        } catch (ErrnoException e) {
            if (cq != null) {
                cq.close();
            }
            if (sq != null) {
                sq.close();
            }
            throw e;
        }
    }

    MemorySegment sqRing() {
        return sqRing.segment();
    }

    MemorySegment cqRing() {
        return cqRing.segment();
    }

    MemorySegment sqes() {
        return sqes.segment();
    }

    static {
        assert io_uring_sqe.sizeof() == 1 << SQE_SHIFT;
    }

    @Override
    public void close() {
        sqes.close();
        cqRing.close();
        sqRing.close();
    }
}
