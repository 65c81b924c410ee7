package io.dmctl.bindings.ublkctl;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.ring.CompletionQueue;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.ring.RingOptions;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.ublk.ublksrv_ctrl_cmd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Runs one control command at a time on a ring of its own, in bounded time. Owns the control descriptor, the
/// ring and the memory that commands' arguments are in: a command that the kernel still works on when its time
/// is over may write there later, so that memory is given up and never reused.
final class UblkCommandRing implements AutoCloseable {
    private static final int ENTRIES = 4;
    private static final long ARGUMENT_BYTES = 4096;
    /// Room for a device's path, before the argument.
    private static final int PATH_BYTES = 64;
    /// How long a cancelled command may take to end.
    private static final long CANCEL_NS = 5_000_000_000L;
    /// How long a command may seem to be lost.
    private static final long NUDGE_NS = 100_000_000L;
    /// User data of commands count up from 1; what is sent for a command has this.
    private static final long HELPER = 0;

    private final Fd control;
    private final IoUring ring;
    private final Mapping memory;
    private final MemorySegment command;
    private final long timeoutNs;
    private long lastUserData;
    private boolean broken;

    private UblkCommandRing(Fd control, IoUring ring, Mapping memory, long timeoutNs) {
        this.control = control;
        this.ring = ring;
        this.memory = memory;
        this.timeoutNs = timeoutNs;
        command = memory.segment().asSlice(ARGUMENT_BYTES, ublksrv_ctrl_cmd.sizeof());
    }

    static UblkCommandRing open(String path, long timeoutNs) throws ErrnoException {
        final Fd control = Fd.open(path, Libc.O_RDWR());
        try {
            // Not a queue thread's ring: commands may come from any thread.
            final IoUring ring = IoUring.open(RingOptions.of(ENTRIES).withSqe128());
            try {
                final Mapping memory = Mapping.anonymous(ARGUMENT_BYTES + ublksrv_ctrl_cmd.sizeof());
                return new UblkCommandRing(control, ring, memory, timeoutNs);
            } catch (ErrnoException e) {
                ring.close();
                throw e;
            }
        } catch (ErrnoException e) {
            control.close();
            throw e;
        }
    }

    /// The argument memory of the next command, zeroed.
    MemorySegment argument(long byteSize) {
        return memory.segment().asSlice(PATH_BYTES, byteSize).fill((byte) 0);
    }

    /// Runs a command; answers its result or -errno.
    ///
    /// @param path of the device, for the driver to look whose it is; empty for none
    /// @param argument of [#argument]
    int run(int cmdOp, int deviceId, int queueId, String path, MemorySegment argument, long data) {
        if (broken) {
            return -Errno.ESHUTDOWN;
        }
        command.fill((byte) 0);
        ublksrv_ctrl_cmd.dev_id(command, deviceId);
        ublksrv_ctrl_cmd.queue_id(command, (short) queueId);
        final int pathBytes = path.isEmpty() ? 0 : PATH_BYTES;
        if (pathBytes > 0) {
            memory.segment().asSlice(0, PATH_BYTES).fill((byte) 0).setString(0, path);
            ublksrv_ctrl_cmd.dev_path_len(command, (short) PATH_BYTES);
        }
        ublksrv_ctrl_cmd.len(command, (short) (pathBytes + argument.byteSize()));
        ublksrv_ctrl_cmd.addr(command, argument.address() - pathBytes);
        ublksrv_ctrl_cmd.data(command).set(ValueLayout.JAVA_LONG, 0, data);
        final long userData = ++lastUserData;
        if (!ring.sq().prepUringCmd128(control.number(), cmdOp, command, userData)) {
            return -Errno.EBUSY;
        }
        final Outcome outcome = await(userData, timeoutNs);
        return outcome.done() ? outcome.result() : cancel(userData);
    }

    private int cancel(long userData) {
        if (ring.sq().prepCancel(userData, HELPER)) {
            // The command may still end by itself, with its own result: that is the answer then.
            final Outcome outcome = await(userData, CANCEL_NS);
            if (outcome.done()) {
                final boolean cancelled = outcome.result() == -Errno.EINTR || outcome.result() == -Errno.ECANCELED;
                return cancelled ? -Errno.ETIMEDOUT : outcome.result();
            }
        }
        broken = true;
        return -Errno.ETIMEDOUT;
    }

    private record Outcome(boolean done, int result) {
        static final Outcome PENDING = new Outcome(false, 0);
    }

    private Outcome await(long userData, long boundNs) {
        final long start = System.nanoTime();
        while (true) {
            final long left = boundNs - (System.nanoTime() - start);
            if (left <= 0) {
                return Outcome.PENDING;
            }
            final int r = ring.submitAndWait(1, Math.min(left, NUDGE_NS));
            if (r < 0) {
                return new Outcome(true, r);
            }
            if (ring.cq().ready() == 0) {
                nudge();
                continue;
            }
            final Outcome outcome = reap(userData);
            if (outcome.done()) {
                return outcome;
            }
        }
    }

    /// A worker that is about to end, for its thread had closed its last ring, may be given the command and not do it.
    /// More work makes a new worker, which does both.
    ///
    /// @kernel io_uring/io-wq.c `io_wq_enqueue` `io_wq_worker` (IO_WQ_BIT_EXIT_ON_IDLE)
    private void nudge() {
        if (ring.sq().prepNop(HELPER)) {
            ring.sq().markAsync();
        }
    }

    /// Takes what has completed; answers to a helper are dropped.
    private Outcome reap(long userData) {
        final CompletionQueue cq = ring.cq();
        final int n = cq.ready();
        Outcome outcome = Outcome.PENDING;
        for (int i = 0; i < n; i++) {
            if (cq.userData(i) == userData) {
                outcome = new Outcome(true, cq.result(i));
            }
        }
        cq.advance(n);
        return outcome;
    }

    @Override
    public void close() {
        ring.close();
        control.close();
        if (!broken) {
            memory.close();
        }
    }
}
