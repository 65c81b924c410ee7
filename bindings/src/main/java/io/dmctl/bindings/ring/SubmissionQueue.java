package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.uring.Uring;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// The submission queue of a ring. Each `prep` method fills the next entry, all of its fields, and answers
/// true; false means that the queue is full: submit, then prepare again. The `mark` and `set` methods change
/// the entry that the last successful `prep` filled, and are for use directly after it. Nothing here allocates.
/// Hot path.
///
/// Addresses are raw: the memory behind them stays alive and in place until the request's completion has been
/// seen. `userData` comes back in the completion.
///
/// Thread rule: as the ring's ([RingOptions#queueThread]); never two threads at once.
///
/// Kernel source: include/uapi/linux/io_uring.h struct io_uring_sqe
public final class SubmissionQueue {
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final int NOP = Uring.IORING_OP_NOP();
    private static final int READ = Uring.IORING_OP_READ();
    private static final int WRITE = Uring.IORING_OP_WRITE();
    private static final int READ_FIXED = Uring.IORING_OP_READ_FIXED();
    private static final int WRITE_FIXED = Uring.IORING_OP_WRITE_FIXED();
    private static final int FSYNC = Uring.IORING_OP_FSYNC();
    private static final int FALLOCATE = Uring.IORING_OP_FALLOCATE();
    private static final int POLL_ADD = Uring.IORING_OP_POLL_ADD();
    private static final int RECV = Uring.IORING_OP_RECV();
    private static final int SEND = Uring.IORING_OP_SEND();
    private static final int RECVMSG = Uring.IORING_OP_RECVMSG();
    private static final int SENDMSG = Uring.IORING_OP_SENDMSG();
    private static final int ACCEPT = Uring.IORING_OP_ACCEPT();
    private static final int TIMEOUT = Uring.IORING_OP_TIMEOUT();
    private static final int MSG_RING = Uring.IORING_OP_MSG_RING();
    private static final int ASYNC_CANCEL = Uring.IORING_OP_ASYNC_CANCEL();
    private static final int URING_CMD = Uring.IORING_OP_URING_CMD();
    private static final int DATASYNC = Uring.IORING_FSYNC_DATASYNC();
    private static final int FIXED_FILE = Uring.IOSQE_FIXED_FILE();
    private static final int ASYNC = Uring.IOSQE_ASYNC();

    private static final long FLAGS_SHIFT = 8;
    private static final long FD_SHIFT = 32;
    private static final long CMD = 48;
    private static final int CMD128_BYTES = 80;
    /// C: `#define BLOCK_URING_CMD_DISCARD _IO(0x12, 0)` (linux/blkdev.h)
    private static final int BLOCK_URING_CMD_DISCARD = 0x1200;

    private final MemorySegment ring;
    private final MemorySegment sqes;
    private final long headOffset;
    private final long tailOffset;
    private final int entries;
    private final int mask;
    private final int shift;

    /// Entries prepared, published or not.
    private int tail;
    /// The kernel's head when it was last looked at.
    private int head;
    /// Entries that the kernel has taken, by io_uring_enter's own count.
    private int taken;
    /// Byte offset of the entry that was prepared last.
    private long last;

    SubmissionQueue(RingSetup setup, RingMemory memory) {
        ring = memory.sqRing();
        sqes = memory.sqes();
        headOffset = setup.sqOffsets().head();
        tailOffset = setup.sqOffsets().tail();
        entries = setup.sqEntries();
        mask = ring.get(JAVA_INT, setup.sqOffsets().ringMask());
        shift = RingMemory.sqeShift(setup);
        if (!setup.has(Uring.IORING_SETUP_NO_SQARRAY())) {
            for (int i = 0; i < entries; i++) {
                ring.set(JAVA_INT, setup.sqOffsets().array() + (long) i * Integer.BYTES, i);
            }
        }
    }

    /// The number of entries.
    public int capacity() {
        return entries;
    }

    /// Entries prepared that the kernel has not taken yet.
    public int pending() {
        return tail - taken;
    }

    /// Entries that can be prepared before the next submit.
    public int free() {
        head = (int) INT.getAcquire(ring, headOffset); // pairs with the kernel's smp_store_release of sq.head
        return entries - (tail - head);
    }

    /// Makes the prepared entries visible to the kernel; answers how many it has not taken.
    int publish() {
        INT.setRelease(ring, tailOffset, tail); // pairs with the kernel's smp_load_acquire of sq.tail
        return tail - taken;
    }

    /// The kernel took `count` more entries.
    void taken(int count) {
        taken += count;
    }

    private boolean full() {
        return tail - head >= entries && free() == 0;
    }

    // Every one of the 64 bytes is written, so that nothing of the entry's former use is left.
    private boolean prep(int opcode, int fd, long off, long addr, int len, int opFlags, long userData, long buf) {
        if (full()) {
            return false;
        }
        final MemorySegment s = sqes;
        final long at = (long) (tail & mask) << shift;
        s.set(JAVA_LONG, at, opcode | ((long) fd << FD_SHIFT));
        s.set(JAVA_LONG, at + 8, off);
        s.set(JAVA_LONG, at + 16, addr);
        s.set(JAVA_LONG, at + 24, Integer.toUnsignedLong(len) | ((long) opFlags << 32));
        s.set(JAVA_LONG, at + 32, userData);
        s.set(JAVA_LONG, at + 40, buf);
        s.set(JAVA_LONG, at + 48, 0);
        s.set(JAVA_LONG, at + 56, 0);
        if (shift > 6) {
            for (long second = at + 64; second < at + 128; second += Long.BYTES) {
                s.set(JAVA_LONG, second, 0);
            }
        }
        last = at;
        tail++;
        return true;
    }

    public boolean prepNop(long userData) {
        return prep(NOP, -1, 0, 0, 0, 0, userData, 0);
    }

    /// Reads.
    ///
    /// @param offset in bytes
    /// @param rwFlags RWF_*
    public boolean prepRead(int fd, long address, int length, long offset, int rwFlags, long userData) {
        return prep(READ, fd, offset, address, length, rwFlags, userData, 0);
    }

    public boolean prepWrite(int fd, long address, int length, long offset, int rwFlags, long userData) {
        return prep(WRITE, fd, offset, address, length, rwFlags, userData, 0);
    }

    /// Reads into a registered buffer.
    ///
    /// @param address within registered buffer `bufIndex`; for a buffer that the kernel registered (ublk), the
    /// offset in it
    public boolean prepReadFixed(
            int fd, long address, int length, long offset, int rwFlags, int bufIndex, long userData) {
        return prep(READ_FIXED, fd, offset, address, length, rwFlags, userData, bufIndex & 0xffffL);
    }

    public boolean prepWriteFixed(
            int fd, long address, int length, long offset, int rwFlags, int bufIndex, long userData) {
        return prep(WRITE_FIXED, fd, offset, address, length, rwFlags, userData, bufIndex & 0xffffL);
    }

    public boolean prepFsync(int fd, boolean dataOnly, long userData) {
        return prep(FSYNC, fd, 0, 0, 0, dataOnly ? DATASYNC : 0, userData, 0);
    }

    /// Allocates, punches or zeroes a range.
    ///
    /// @param mode FALLOC_FL_*
    public boolean prepFallocate(int fd, int mode, long offset, long length, long userData) {
        return prep(FALLOCATE, fd, offset, length, mode, 0, userData, 0);
    }

    /// One completion when one of `events` (POLLIN, ...) is there; its result is the events.
    public boolean prepPollAdd(int fd, int events, long userData) {
        return prep(POLL_ADD, fd, 0, 0, 0, events, userData, 0);
    }

    /// Receives from a stream.
    ///
    /// @param msgFlags MSG_*; with MSG_WAITALL a short result is the end of the stream or an error
    public boolean prepRecv(int fd, long address, int length, int msgFlags, long userData) {
        return prep(RECV, fd, 0, address, length, msgFlags, userData, 0);
    }

    public boolean prepSend(int fd, long address, int length, int msgFlags, long userData) {
        return prep(SEND, fd, 0, address, length, msgFlags, userData, 0);
    }

    /// Receives into several buffers.
    ///
    /// @param msghdr the address of a `struct msghdr` that stays alive, with its vectors, until the completion
    public boolean prepRecvmsg(int fd, long msghdr, int msgFlags, long userData) {
        return prep(RECVMSG, fd, 0, msghdr, 1, msgFlags, userData, 0);
    }

    public boolean prepSendmsg(int fd, long msghdr, int msgFlags, long userData) {
        return prep(SENDMSG, fd, 0, msghdr, 1, msgFlags, userData, 0);
    }

    /// Accepts one connection; the result is its descriptor. The peer's address is not asked for.
    ///
    /// @param acceptFlags SOCK_CLOEXEC, SOCK_NONBLOCK
    public boolean prepAccept(int fd, int acceptFlags, long userData) {
        return prep(ACCEPT, fd, 0, 0, 0, acceptFlags, userData, 0);
    }

    /// A relative timeout; its result is -ETIME.
    ///
    /// @param timespec the address of a `struct __kernel_timespec` that stays alive until the completion
    public boolean prepTimeout(long timespec, long userData) {
        return prep(TIMEOUT, -1, 0, timespec, 1, 0, userData, 0);
    }

    /// Posts a completion {`targetUserData`, `targetResult`} to another ring: the way to wake its thread.
    public boolean prepMsgRing(int ringFd, int targetResult, long targetUserData, long userData) {
        return prep(MSG_RING, ringFd, targetUserData, 0, targetResult, 0, userData, 0);
    }

    /// Cancels the request whose user data is `targetUserData`; the result is 0, -ENOENT or -EALREADY.
    public boolean prepCancel(long targetUserData, long userData) {
        return prep(ASYNC_CANCEL, -1, 0, targetUserData, 0, 0, userData, 0);
    }

    /// A driver's command with its 16 bytes of argument. `addr` is 0: see [#setAddress].
    public boolean prepUringCmd(int fd, int cmdOp, long cmdLow, long cmdHigh, long userData) {
        // cmd_op is the low half of `off`; the high half must be 0.
        if (!prep(URING_CMD, fd, Integer.toUnsignedLong(cmdOp), 0, 0, 0, userData, 0)) {
            return false;
        }
        sqes.set(JAVA_LONG, last + CMD, cmdLow);
        sqes.set(JAVA_LONG, last + CMD + 8, cmdHigh);
        return true;
    }

    /// Discards a range of a block device, in bytes (Linux 6.12). See [IoUring#takesDiscard].
    public boolean prepBlockDiscard(int fd, long offset, long length, long userData) {
        if (!prep(URING_CMD, fd, BLOCK_URING_CMD_DISCARD, offset, 0, 0, userData, 0)) {
            return false;
        }
        // addr3, where other commands have their argument
        sqes.set(JAVA_LONG, last + CMD, length);
        sqes.set(JAVA_LONG, last + CMD + 8, 0L);
        return true;
    }

    /// A driver's command with up to 80 bytes of argument, which are copied from `cmd`; the ring has SQE128.
    public boolean prepUringCmd128(int fd, int cmdOp, MemorySegment cmd, long userData) {
        if (shift == 6 || cmd.byteSize() > CMD128_BYTES) {
            throw new IllegalArgumentException("needs SQE128 and at most " + CMD128_BYTES + " bytes");
        }
        if (!prepUringCmd(fd, cmdOp, 0, 0, userData)) {
            return false;
        }
        MemorySegment.copy(cmd, 0, sqes, last + CMD, cmd.byteSize());
        return true;
    }

    /// The last entry's descriptor is an index into the registered files.
    public void markFixedFile() {
        markFlags(FIXED_FILE);
    }

    /// The last entry is issued by a worker of the kernel's, where it may wait.
    public void markAsync() {
        markFlags(ASYNC);
    }

    /// Adds IOSQE_* flags to the last entry.
    public void markFlags(int flags) {
        final long word = sqes.get(JAVA_LONG, last);
        sqes.set(JAVA_LONG, last, word | ((flags & 0xffL) << FLAGS_SHIFT));
    }

    /// Sets the last entry's `addr`, for commands that carry more there (ublk's automatic buffer registration).
    public void setAddress(long address) {
        sqes.set(JAVA_LONG, last + 16, address);
    }
}
