package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.uring.Uring;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// The completion queue of a ring, drained in batches:
///
/// ```java
/// final int n = cq.ready();
/// for (int i = 0; i < n; i++) { handle(cq.userData(i), cq.result(i)); }
/// cq.advance(n);
/// ```
///
/// One acquire of the tail and one store of the head a batch. `i` counts from the oldest completion and is
/// below what the last [#ready] answered. Nothing here allocates. Hot path.
///
/// Thread rule: as the ring's; never two threads at once.
///
/// Kernel source: include/uapi/linux/io_uring.h struct io_uring_cqe
public final class CompletionQueue {
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final int CQE_SHIFT = 4;
    private static final int CQ_OVERFLOW = Uring.IORING_SQ_CQ_OVERFLOW();

    private final IoUring owner;
    private final MemorySegment ring;
    private final MemorySegment sqRing;
    private final long headOffset;
    private final long tailOffset;
    private final long overflowOffset;
    private final long sqFlagsOffset;
    private final long cqes;
    private final int entries;
    private final int mask;

    private int head;

    CompletionQueue(IoUring owner, RingSetup setup, RingMemory memory) {
        this.owner = owner;
        ring = memory.cqRing();
        sqRing = memory.sqRing();
        headOffset = setup.cqOffsets().head();
        tailOffset = setup.cqOffsets().tail();
        overflowOffset = setup.cqOffsets().overflow();
        sqFlagsOffset = setup.sqOffsets().flags();
        cqes = setup.cqOffsets().cqes();
        entries = setup.cqEntries();
        mask = ring.get(JAVA_INT, setup.cqOffsets().ringMask());
        head = ring.get(JAVA_INT, headOffset);
    }

    public int capacity() {
        return entries;
    }

    /// The number of completions that are there. When there are none but the kernel keeps some that did not
    /// fit, it is told to deliver them.
    public int ready() {
        final int n = load();
        if (n == 0 && overflowed()) {
            owner.deliverOverflow();
            return load();
        }
        return n;
    }

    private int load() {
        return (int) INT.getAcquire(ring, tailOffset) - head; // pairs with the kernel's smp_store_release of cq.tail
    }

    private boolean overflowed() {
        return ((int) INT.getOpaque(sqRing, sqFlagsOffset) & CQ_OVERFLOW) != 0;
    }

    /// Completions that the kernel could not even keep (no memory): always 0 unless the machine is out of it.
    public int dropped() {
        return (int) INT.getOpaque(ring, overflowOffset);
    }

    private long at(int i) {
        return cqes + ((long) ((head + i) & mask) << CQE_SHIFT);
    }

    public long userData(int i) {
        return ring.get(JAVA_LONG, at(i));
    }

    /// The request's result, or -errno.
    public int result(int i) {
        return ring.get(JAVA_INT, at(i) + 8);
    }

    /// IORING_CQE_F_*.
    public int flags(int i) {
        return ring.get(JAVA_INT, at(i) + 12);
    }

    /// Gives the `n` oldest completions back to the kernel. Copy what is needed of them before.
    public void advance(int n) {
        head += n;
        INT.setRelease(ring, headOffset, head); // pairs with the kernel's smp_load_acquire of cq.head
    }
}
