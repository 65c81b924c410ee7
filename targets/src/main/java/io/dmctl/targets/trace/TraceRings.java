package io.dmctl.targets.trace;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A ring for each I/O thread, made at its first request.
@HotPath
final class TraceRings {
    private static final int READ_MOST = 128;

    private final int entries;
    private final AtomicReference<@Nullable TraceRing[]> rings = new AtomicReference<>(new TraceRing[0]);

    TraceRings(int entries) {
        this.entries = entries;
    }

    /// That of thread `index`; on that thread.
    TraceRing of(int index) {
        final @Nullable TraceRing[] all = rings.getPlain();
        final TraceRing ring = index < all.length ? all[index] : null;
        return ring != null ? ring : make(index);
    }

    private TraceRing make(int index) {
        final TraceRing ring = new TraceRing(index, entries); // once a thread
        @Nullable TraceRing[] now;
        @Nullable TraceRing[] more;
        do {
            now = rings.get();
            more = Arrays.copyOf(now, Math.max(now.length, index + 1));
            more[index] = ring;
        } while (!rings.compareAndSet(now, more)); // pairs with get in the control thread
        return ring;
    }

    // ---- on the control thread ----

    long count(ReqOp op) {
        long sum = 0;
        for (TraceRing ring : rings.get()) {
            sum += ring == null ? 0 : ring.count(op);
        }
        return sum;
    }

    long lost() {
        long sum = 0;
        for (TraceRing ring : rings.get()) {
            sum += ring == null ? 0 : ring.lost();
        }
        return sum;
    }

    /// Takes the oldest records, in the order of their ends, at most `most` and at most [#READ_MOST]: one
    /// reply's worth.
    String read(int most) {
        final StringBuilder text = new StringBuilder();
        final TraceRecord record = new TraceRecord();
        for (int i = 0; i < Math.min(most, READ_MOST); i++) {
            TraceRing first = null;
            long firstNs = 0;
            for (TraceRing ring : rings.get()) {
                if (ring != null && ring.peek(record) && (first == null || record.endNs() - firstNs < 0)) {
                    first = ring;
                    firstNs = record.endNs();
                }
            }
            if (first == null || !first.peek(record)) {
                break;
            }
            record.print(text);
            first.drop();
        }
        return text.toString();
    }

    void clear() {
        for (TraceRing ring : rings.get()) {
            if (ring != null) {
                ring.clear();
            }
        }
    }
}
