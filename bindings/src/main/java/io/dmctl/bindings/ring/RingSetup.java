package io.dmctl.bindings.ring;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.io_cqring_offsets;
import io.dmctl.bindings.uring.io_sqring_offsets;
import io.dmctl.bindings.uring.io_uring_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The answer of io_uring_setup(2): the ring's descriptor, sizes, flags and offsets.
///
/// @param flags IORING_SETUP_* that the kernel accepted
record RingSetup(
        Fd fd, int sqEntries, int cqEntries, int flags, int features, SqOffsets sqOffsets, CqOffsets cqOffsets) {

    record SqOffsets(int head, int tail, int ringMask, int flags, int array) {}

    record CqOffsets(int head, int tail, int ringMask, int overflow, int cqes) {}

    /// Makes a ring. Kernels that do not know NO_SQARRAY (before 6.6) answer EINVAL, and are asked again
    /// without it.
    static RingSetup make(RingOptions options) throws ErrnoException {
        final int wanted = flags(options);
        try {
            return make(options, wanted);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL || (wanted & Uring.IORING_SETUP_NO_SQARRAY()) == 0) {
                throw e;
            }
            return make(options, wanted & ~Uring.IORING_SETUP_NO_SQARRAY());
        }
    }

    private static int flags(RingOptions options) {
        // SUBMIT_ALL: one bad entry fails by its own completion and does not stop the batch behind it.
        int flags = Uring.IORING_SETUP_SUBMIT_ALL();
        if (options.cqEntries() != 0) {
            flags |= Uring.IORING_SETUP_CQSIZE();
        }
        if (options.sqe128()) {
            flags |= Uring.IORING_SETUP_SQE128();
        }
        if (options.queueThread()) {
            flags |= Uring.IORING_SETUP_SINGLE_ISSUER()
                    | Uring.IORING_SETUP_DEFER_TASKRUN()
                    | Uring.IORING_SETUP_COOP_TASKRUN();
        }
        if (!options.sqArray()) {
            flags |= Uring.IORING_SETUP_NO_SQARRAY();
        }
        return flags;
    }

    private static RingSetup make(RingOptions options, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment params = io_uring_params.allocate(arena);
            io_uring_params.flags(params, flags);
            io_uring_params.cq_entries(params, options.cqEntries());
            final int fd = ErrnoException.check("io_uring_setup", options.entries() + " entries", (int)
                    Sys.call(Libc.SYS_io_uring_setup(), options.entries(), params.address(), 0));
            final MemorySegment sq = io_uring_params.sq_off(params);
            final MemorySegment cq = io_uring_params.cq_off(params);
            return new RingSetup(
                    Fd.owning(fd),
                    io_uring_params.sq_entries(params),
                    io_uring_params.cq_entries(params),
                    io_uring_params.flags(params),
                    io_uring_params.features(params),
                    new SqOffsets(
                            io_sqring_offsets.head(sq),
                            io_sqring_offsets.tail(sq),
                            io_sqring_offsets.ring_mask(sq),
                            io_sqring_offsets.flags(sq),
                            io_sqring_offsets.array(sq)),
                    new CqOffsets(
                            io_cqring_offsets.head(cq),
                            io_cqring_offsets.tail(cq),
                            io_cqring_offsets.ring_mask(cq),
                            io_cqring_offsets.overflow(cq),
                            io_cqring_offsets.cqes(cq)));
        }
    }

    boolean has(int setupFlag) {
        return (flags & setupFlag) != 0;
    }
}
