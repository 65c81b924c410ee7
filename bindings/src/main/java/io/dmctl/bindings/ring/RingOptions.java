package io.dmctl.bindings.ring;

/// How a ring is made.
///
/// @param entries submission queue entries, 1..32768; the kernel rounds up to a power of two
/// @param cqEntries completion queue entries; 0: twice the submission queue's. At least the number of requests
/// in flight
/// @param sqe128 entries of 128 bytes, for commands of up to 80 bytes (the ublk control device)
/// @param queueThread the ring belongs to the thread that opens it: only that thread may submit and wait
/// (SINGLE_ISSUER, DEFER_TASKRUN, COOP_TASKRUN, registered ring descriptor), and completions appear only while
/// it waits or submits with waiting
/// @param sqArray makes the kernel use the index array between tail and entries, as kernels before 6.6 must;
/// otherwise it is used only where the kernel knows no other way
public record RingOptions(int entries, int cqEntries, boolean sqe128, boolean queueThread, boolean sqArray) {
    public static final int MAX_ENTRIES = 32768;

    public RingOptions {
        if (entries < 1 || entries > MAX_ENTRIES) {
            throw new IllegalArgumentException("entries must be in 1.." + MAX_ENTRIES + ", was " + entries);
        }
        if (cqEntries != 0 && (cqEntries < entries || cqEntries > 2 * MAX_ENTRIES)) {
            throw new IllegalArgumentException(
                    "cqEntries must be 0 or in entries.." + 2 * MAX_ENTRIES + ", was " + cqEntries);
        }
    }

    /// A ring that any thread may use, one at a time.
    public static RingOptions of(int entries) {
        return new RingOptions(entries, 0, false, false, false);
    }

    public RingOptions withCqEntries(int count) {
        return new RingOptions(entries, count, sqe128, queueThread, sqArray);
    }

    public RingOptions withSqe128() {
        return new RingOptions(entries, cqEntries, true, queueThread, sqArray);
    }

    public RingOptions forQueueThread() {
        return new RingOptions(entries, cqEntries, sqe128, true, sqArray);
    }

    public RingOptions withSqArray() {
        return new RingOptions(entries, cqEntries, sqe128, queueThread, true);
    }
}
