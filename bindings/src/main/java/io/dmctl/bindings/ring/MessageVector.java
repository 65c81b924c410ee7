package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.libc.msghdr;
import java.lang.foreign.MemorySegment;

/// A `struct msghdr` with its vectors, for [SubmissionQueue#prepSendmsg] and [SubmissionQueue#prepRecvmsg]; after a
/// short result it goes on where that stopped. Lies in the caller's memory, which outlives the requests that use it.
/// Nothing here allocates. Hot path.
///
/// Thread rule: one thread; not changed while a request with it is in flight.
public final class MessageVector {
    /// C: `#define UIO_MAXIOV 1024` of include/uapi/linux/uio.h
    public static final int MAX_PARTS = 1024;

    private static final long HEADER = msghdr.sizeof();
    private static final long PART = iovec.sizeof();
    private static final long BASE = iovec.iov_base$offset();
    private static final long LENGTH = iovec.iov_len$offset();
    private static final long PARTS = msghdr.msg_iov$offset();
    private static final long COUNT = msghdr.msg_iovlen$offset();

    private final MemorySegment memory;
    private final long address;
    private final int capacity;
    private int first;
    private int end;

    /// Uses `memory`, native, aligned to 8, of [#bytesFor] bytes or more.
    public MessageVector(MemorySegment memory, int capacity) {
        if (capacity < 1 || capacity > MAX_PARTS) {
            throw new IllegalArgumentException("capacity must be in 1.." + MAX_PARTS + ", was " + capacity);
        }
        if (!memory.isNative() || memory.byteSize() < bytesFor(capacity)) {
            throw new IllegalArgumentException("needs " + bytesFor(capacity) + " native bytes, has " + memory);
        }
        this.memory = memory;
        this.address = memory.address();
        this.capacity = capacity;
        memory.asSlice(0, HEADER).fill((byte) 0);
        clear();
    }

    /// The memory for `capacity` parts.
    public static long bytesFor(int capacity) {
        return HEADER + capacity * PART;
    }

    /// The address of the msghdr.
    public long address() {
        return address;
    }

    /// How many more parts fit.
    public int room() {
        return capacity - end;
    }

    public void clear() {
        first = 0;
        end = 0;
        publish();
    }

    /// Appends a part. There is [#room].
    public void add(long partAddress, long lengthBytes) {
        final long at = HEADER + end * PART;
        memory.set(JAVA_LONG, at + BASE, partAddress);
        memory.set(JAVA_LONG, at + LENGTH, lengthBytes);
        end++;
        publish();
    }

    /// Takes `bytes` off the front: they were sent or received. True when nothing is left.
    public boolean advance(long bytes) {
        long left = bytes;
        while (first < end) {
            final long at = HEADER + first * PART;
            final long length = memory.get(JAVA_LONG, at + LENGTH);
            if (left < length) {
                memory.set(JAVA_LONG, at + BASE, memory.get(JAVA_LONG, at + BASE) + left);
                memory.set(JAVA_LONG, at + LENGTH, length - left);
                break;
            }
            left -= length;
            first++;
        }
        publish();
        return first == end;
    }

    private void publish() {
        memory.set(JAVA_LONG, PARTS, address + HEADER + first * PART);
        memory.set(JAVA_LONG, COUNT, end - first);
    }
}
