package io.dmctl.targets.trace;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The last records of one I/O thread, the oldest overwritten by the newest, and its counts.
///
/// Thread rule: one I/O thread writes; the control thread reads, without stopping it: a record that is
/// overwritten while it is read is told from the head, and counted as lost.
@HotPath
final class TraceRing {
    private static final VarHandle HEAD;
    private static final int FIELDS = 4;
    private static final int SECTORS_BITS = 32;
    private static final int OP_BITS = 8;
    private static final int FLAGS_BITS = 8;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(TraceRing.class, "head", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int threadIndex;
    private final long[] slots;
    private final int mask;
    private final long[] counts = new long[ReqOp.values().length];
    private long head;

    /// The control thread's: the first record that was neither read nor lost, and how many were lost.
    private long unread;

    private long lost;

    TraceRing(int threadIndex, int entries) {
        this.threadIndex = threadIndex;
        slots = new long[entries * FIELDS];
        mask = entries - 1;
    }

    /// On the I/O thread.
    void add(Bio bio, long sector, long startNs, long endNs) {
        final long h = head;
        final int at = (int) (h & mask) * FIELDS;
        final int op = bio.op().ordinal();
        VarHandle.storeStoreFence(); // the head that says this slot is old goes before the new bytes: see record
        slots[at] = endNs;
        slots[at + 1] = endNs - startNs;
        slots[at + 2] = sector;
        slots[at + 3] = bio.sectors()
                | (long) op << SECTORS_BITS
                | (long) bio.flags() << (SECTORS_BITS + OP_BITS)
                | (long) -bio.status() << (SECTORS_BITS + OP_BITS + FLAGS_BITS);
        counts[op]++;
        HEAD.setRelease(this, h + 1); // pairs with getAcquire in published
    }

    private long published() {
        return (long) HEAD.getAcquire(this);
    }

    // ---- on the control thread ----

    long count(ReqOp op) {
        published();
        return counts[op.ordinal()];
    }

    /// Records that were overwritten before they were read.
    long lost() {
        skipOverwritten();
        return lost;
    }

    private void skipOverwritten() {
        // The oldest slot of a full ring is the one that the writer may be in.
        final long oldest = published() - mask;
        if (unread < oldest) {
            lost += oldest - unread;
            unread = oldest;
        }
    }

    /// Copies the oldest unread record to `to`; false when there is none.
    boolean peek(TraceRecord to) {
        while (true) {
            skipOverwritten();
            if (unread == published()) {
                return false;
            }
            final int at = (int) (unread & mask) * FIELDS;
            final long what = slots[at + 3];
            to.set(
                    threadIndex,
                    slots[at],
                    slots[at + 1],
                    slots[at + 2],
                    (int) what,
                    (int) (what >>> SECTORS_BITS) & 0xff,
                    (int) (what >>> (SECTORS_BITS + OP_BITS)) & 0xff,
                    (int) (what >>> (SECTORS_BITS + OP_BITS + FLAGS_BITS)));
            VarHandle.loadLoadFence(); // pairs with the fence in add: bytes of a newer record come with its head
            if (unread >= published() - mask) {
                return true;
            }
        }
    }

    /// The record that was peeked is read.
    void drop() {
        unread++;
    }

    /// Forgets all records, and that some were lost.
    void clear() {
        unread = published();
        lost = 0;
    }
}
