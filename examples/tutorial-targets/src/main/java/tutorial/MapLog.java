package tutorial;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.ReqOp;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// The last requests, a number each, so that noting one allocates nothing and locks nothing: all queues share it.
final class MapLog {
    private static final int SLOTS = 16;
    private static final int OP_BITS = 3;
    private static final int SECTORS_BITS = 21;
    private static final ReqOp[] OPS = ReqOp.values();

    private final AtomicLong count = new AtomicLong();
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    void note(Bio bio) {
        final long packed = bio.sector() << (SECTORS_BITS + OP_BITS)
                | (bio.sectors() & ((1L << SECTORS_BITS) - 1)) << OP_BITS
                | bio.op().ordinal();
        slots.set((int) (count.getAndIncrement() % SLOTS), packed);
    }

    /// Requests so far.
    long count() {
        return count.get();
    }

    /// A line a request, the oldest first.
    String text() {
        final StringBuilder out = new StringBuilder();
        final long n = count.get();
        for (long i = Math.max(0, n - SLOTS); i < n; i++) {
            final long packed = slots.get((int) (i % SLOTS));
            out.append(OPS[(int) (packed & ((1 << OP_BITS) - 1))].name().toLowerCase(Locale.ROOT))
                    .append(" request, sector ")
                    .append(packed >>> (SECTORS_BITS + OP_BITS))
                    .append(", ")
                    .append((packed >>> OP_BITS) & ((1L << SECTORS_BITS) - 1))
                    .append(" sectors\n");
        }
        return out.toString();
    }
}
