package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.ProcessControl;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.io_uring_getevents_arg;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// A ring of io_uring(7) by raw system calls. This object owns the descriptor, the shared memory and the wait
/// argument.
///
/// Thread rule: one thread at a time; with [RingOptions#queueThread] always the thread that opened it. Close it
/// on that thread too: a registered ring descriptor keeps the ring (and its registered files) alive until its
/// thread gives it back or ends.
///
/// Close it only when no request is in flight that uses memory about to be freed: the kernel cancels what is
/// left, but after [#close] has returned.
public final class IoUring implements AutoCloseable {
    private static final long ENTER = Libc.SYS_io_uring_enter();
    private static final int GETEVENTS = Uring.IORING_ENTER_GETEVENTS();
    private static final int EXT_ARG = Uring.IORING_ENTER_EXT_ARG();
    private static final long NANOS = 1_000_000_000L;

    private static final long ARG_BYTES = io_uring_getevents_arg.sizeof();
    /// Where in the argument page the two timespecs are: the caller's, and a zero one that asks again without
    /// waiting.
    private static final long TIMESPEC = 64;

    private static final long ZERO_ARG = 128;
    private static final long ZERO_TIMESPEC = 192;

    private final RingSetup setup;
    private final RingMemory memory;
    private final Mapping argument;
    private final SubmissionQueue sq;
    private final CompletionQueue cq;
    private final RingRegister register;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final int opener = ProcessControl.gettid();
    /// What io_uring_enter is given: the descriptor, or the index of the registered ring.
    private final int enterFd;
    private final int enterFlags;

    private IoUring(RingSetup setup, RingMemory memory, Mapping argument, boolean queueThread) {
        this.setup = setup;
        this.memory = memory;
        this.argument = argument;
        sq = new SubmissionQueue(setup, memory);
        cq = new CompletionQueue(this, setup, memory);
        register = new RingRegister(setup.fd());
        // Worth a few ns an enter; kernels before 5.18 refuse, and the plain descriptor does as well.
        final int index = queueThread ? register.ringFd() : -1;
        enterFd = index >= 0 ? index : setup.fd().number();
        enterFlags = index >= 0 ? Uring.IORING_ENTER_REGISTERED_RING() : 0;
        final MemorySegment arg = argument.segment();
        io_uring_getevents_arg.ts(arg, argument.address() + TIMESPEC);
        io_uring_getevents_arg.ts(arg.asSlice(ZERO_ARG, ARG_BYTES), argument.address() + ZERO_TIMESPEC);
    }

    /// Makes a ring. With [RingOptions#queueThread] call it on the thread that will use it.
    ///
    /// @throws ErrnoException ENOSYS, EPERM, ENOMEM: see [#probe] for what to do
    public static IoUring open(RingOptions options) throws ErrnoException {
        final RingSetup setup = RingSetup.make(options);
        RingMemory memory = null;
        try {
            memory = RingMemory.map(setup);
            return new IoUring(setup, memory, Mapping.anonymous(ARG_BYTES), options.queueThread());
        } catch (ErrnoException e) {
            if (memory != null) {
                memory.close();
            }
            setup.fd().close();
            throw e;
        }
    }

    /// Whether io_uring can be used here, by making a ring.
    public static Availability probe() {
        try (IoUring ring = open(RingOptions.of(1))) {
            assert ring.fd() >= 0;
            return Availability.yes();
        } catch (ErrnoException e) {
            return Availability.no(String.valueOf(e.getMessage()), remedy(e.errno()));
        }
    }

    /// Whether a ring of this kernel discards on the block device `fd`: an empty range is refused as such (EINVAL), and
    /// not as a command that there is not (EOPNOTSUPP).
    public static boolean takesDiscard(int fd) throws ErrnoException {
        try (IoUring ring = open(RingOptions.of(1))) {
            ring.sq().prepBlockDiscard(fd, 0, 0, 0);
            ErrnoException.check("io_uring_enter", "block discard", ring.submitAndWait(1));
            final boolean takes = ring.cq().ready() > 0 && ring.cq().result(0) == -Errno.EINVAL;
            ring.cq().advance(ring.cq().ready());
            return takes;
        }
    }

    private static String remedy(int errno) {
        return switch (errno) {
            case Errno.ENOSYS -> "use a kernel with CONFIG_IO_URING; in a container, a seccomp profile that allows it";
            case Errno.EPERM ->
                "set sysctl kernel.io_uring_disabled=0, or allow io_uring_setup in the container's seccomp profile";
            case Errno.ENOMEM -> "raise RLIMIT_MEMLOCK (ulimit -l), or run with CAP_IPC_LOCK";
            case Errno.EINVAL -> "use Linux 6.1 or newer";
            default -> "see io_uring_setup(2)";
        };
    }

    public SubmissionQueue sq() {
        return sq;
    }

    public CompletionQueue cq() {
        return cq;
    }

    /// Registered files and buffers, and the kernel's operations.
    public RingRegister register() {
        return register;
    }

    /// The ring's descriptor, as [SubmissionQueue#prepMsgRing] of another ring needs it.
    public int fd() {
        return setup.fd().number();
    }

    public boolean isOpen() {
        return open.get();
    }

    /// Whether the kernel does without the index array.
    public boolean hasNoSqArray() {
        return setup.has(Uring.IORING_SETUP_NO_SQARRAY());
    }

    /// Hands the prepared entries to the kernel. Answers how many it took, possibly fewer than there were (0
    /// when it is short of memory or completions must be drained first: do that and submit again), or -errno.
    /// Hot path.
    public int submit() {
        final int pending = sq.publish();
        return pending == 0 ? 0 : enter(pending, 0, enterFlags);
    }

    /// As [#submit], and waits for `min` completions. May return with fewer: after a signal, or when fewer
    /// entries than prepared were taken. Hot path.
    public int submitAndWait(int min) {
        return enter(sq.publish(), min, enterFlags | GETEVENTS);
    }

    private int enter(int pending, int min, int flags) {
        final long r = Sys.hot(ENTER, enterFd, pending, min, flags, 0, 0);
        // A failed enter has consumed nothing, so it may be made again to learn why (decision 19).
        return took(r >= 0 ? r : Sys.call(ENTER, enterFd, pending, min, flags, 0, 0));
    }

    /// As [#submitAndWait(int)], for at most `timeoutNs`. That the time is over is no error: no completion is
    /// there then. May return early after a signal. Hot path.
    public int submitAndWait(int min, long timeoutNs) {
        final MemorySegment arg = argument.segment();
        arg.set(JAVA_LONG, TIMESPEC, timeoutNs / NANOS);
        arg.set(JAVA_LONG, TIMESPEC + 8, timeoutNs % NANOS);
        final int flags = enterFlags | GETEVENTS | EXT_ARG;
        final int pending = sq.publish();
        final long at = argument.address();
        long r = Sys.hot(ENTER, enterFd, pending, min, flags, at, ARG_BYTES);
        if (r < 0) {
            // Asked again with no time to wait, so that the caller's time is not spent twice.
            r = Sys.call(ENTER, enterFd, pending, min, flags, at + ZERO_ARG, ARG_BYTES);
        }
        return took(r);
    }

    private int took(long result) {
        if (result >= 0) {
            sq.taken((int) result);
            return (int) result;
        }
        return switch ((int) -result) {
            case Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.ETIME -> 0;
            default -> (int) result;
        };
    }

    /// Lets the kernel deliver completions that did not fit.
    void deliverOverflow() {
        enter(0, 0, enterFlags | GETEVENTS);
    }

    /// Gives the ring back. Idempotent.
    @Override
    public void close() {
        if (!open.getAndSet(false)) {
            return;
        }
        if ((enterFlags & Uring.IORING_ENTER_REGISTERED_RING()) != 0 && ProcessControl.gettid() == opener) {
            register.unregisterRingFd(enterFd);
        }
        setup.fd().close();
        memory.close();
        argument.close();
    }
}
