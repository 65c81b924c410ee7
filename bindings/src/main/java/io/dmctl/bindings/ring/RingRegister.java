package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.io_uring_files_update;
import io.dmctl.bindings.uring.io_uring_probe;
import io.dmctl.bindings.uring.io_uring_probe_op;
import io.dmctl.bindings.uring.io_uring_rsrc_register;
import io.dmctl.bindings.uring.io_uring_rsrc_update;
import io.dmctl.bindings.uring.io_uring_rsrc_update2;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// io_uring_register(2): what a ring knows by index. Cold.
///
/// Thread rule: as the ring's.
public final class RingRegister {
    private static final int PROBE_OPS = 256;
    /// `fd` of an io_uring_rsrc_update by which the kernel chooses the index.
    private static final int ANY_INDEX = -1;

    private final Fd ring;

    RingRegister(Fd ring) {
        this.ring = ring;
    }

    /// An empty table of `count` files, to be filled by [#file].
    public void filesSparse(int count) throws ErrnoException {
        sparse("IORING_REGISTER_FILES2", Uring.IORING_REGISTER_FILES2(), count);
    }

    /// Puts descriptor `fd` at `index` of the table; -1 empties it. The ring holds a reference of its own on
    /// the file.
    public void file(int index, int fd) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment update = io_uring_files_update.allocate(arena);
            io_uring_files_update.offset(update, index);
            io_uring_files_update.fds(update, arena.allocateFrom(JAVA_INT, fd).address());
            register("IORING_REGISTER_FILES_UPDATE", Uring.IORING_REGISTER_FILES_UPDATE(), update, 1);
        }
    }

    /// Gives every registered file back.
    public void unregisterFiles() throws ErrnoException {
        register("IORING_UNREGISTER_FILES", Uring.IORING_UNREGISTER_FILES(), MemorySegment.NULL, 0);
    }

    /// Registers the memory `addresses[i]`, `byteSizes[i]` as buffer i. The kernel pins it.
    ///
    /// @throws ErrnoException ENOMEM above RLIMIT_MEMLOCK without CAP_IPC_LOCK
    public void buffers(long[] addresses, long[] byteSizes) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment vectors = iovec.allocateArray(addresses.length, arena);
            for (int i = 0; i < addresses.length; i++) {
                vector(iovec.asSlice(vectors, i), addresses[i], byteSizes[i]);
            }
            register("IORING_REGISTER_BUFFERS", Uring.IORING_REGISTER_BUFFERS(), vectors, addresses.length);
        }
    }

    /// An empty table of `count` buffers, to be filled by [#buffer], or by ublk.
    public void buffersSparse(int count) throws ErrnoException {
        sparse("IORING_REGISTER_BUFFERS2", Uring.IORING_REGISTER_BUFFERS2(), count);
    }

    /// Puts a buffer at `index` of the table.
    public void buffer(int index, long address, long byteSize) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment vector = iovec.allocate(arena);
            vector(vector, address, byteSize);
            final MemorySegment update = io_uring_rsrc_update2.allocate(arena);
            io_uring_rsrc_update2.offset(update, index);
            io_uring_rsrc_update2.data(update, vector.address());
            io_uring_rsrc_update2.nr(update, 1);
            register("IORING_REGISTER_BUFFERS_UPDATE", Uring.IORING_REGISTER_BUFFERS_UPDATE(), update, (int)
                    io_uring_rsrc_update2.sizeof());
        }
    }

    public void unregisterBuffers() throws ErrnoException {
        register("IORING_UNREGISTER_BUFFERS", Uring.IORING_UNREGISTER_BUFFERS(), MemorySegment.NULL, 0);
    }

    /// The operations (IORING_OP_*) that the kernel supports.
    public BitSet operations() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final long opsOffset = io_uring_probe.ops$offset();
            final MemorySegment probe = arena.allocate(opsOffset + PROBE_OPS * io_uring_probe_op.sizeof(), 8);
            register("IORING_REGISTER_PROBE", Uring.IORING_REGISTER_PROBE(), probe, PROBE_OPS);
            final BitSet supported = new BitSet();
            final int count = Byte.toUnsignedInt(io_uring_probe.ops_len(probe));
            for (int i = 0; i < count; i++) {
                final MemorySegment op =
                        probe.asSlice(opsOffset + i * io_uring_probe_op.sizeof(), io_uring_probe_op.sizeof());
                if ((io_uring_probe_op.flags(op) & Uring.IO_URING_OP_SUPPORTED()) != 0) {
                    supported.set(Byte.toUnsignedInt(io_uring_probe_op.op(op)));
                }
            }
            return supported;
        }
    }

    /// Registers the ring's descriptor for the calling thread; answers its index, or -errno where the kernel
    /// refuses.
    int ringFd() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment update = io_uring_rsrc_update.allocate(arena);
            io_uring_rsrc_update.offset(update, ANY_INDEX);
            io_uring_rsrc_update.data(update, ring.number());
            final int r = call(Uring.IORING_REGISTER_RING_FDS(), update.address(), 1);
            return r == 1 ? io_uring_rsrc_update.offset(update) : Math.min(r, -1);
        }
    }

    void unregisterRingFd(int index) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment update = io_uring_rsrc_update.allocate(arena);
            io_uring_rsrc_update.offset(update, index);
            final int r = call(Uring.IORING_UNREGISTER_RING_FDS(), update.address(), 1);
            assert r == 1 : r;
        }
    }

    private void sparse(String name, int opcode, int count) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment table = io_uring_rsrc_register.allocate(arena);
            io_uring_rsrc_register.nr(table, count);
            io_uring_rsrc_register.flags(table, Uring.IORING_RSRC_REGISTER_SPARSE());
            register(name, opcode, table, (int) io_uring_rsrc_register.sizeof());
        }
    }

    private static void vector(MemorySegment vector, long address, long byteSize) {
        vector.set(JAVA_LONG, 0, address);
        vector.set(JAVA_LONG, Long.BYTES, byteSize);
    }

    private void register(String name, int opcode, MemorySegment argument, int count) throws ErrnoException {
        ErrnoException.check(
                "io_uring_register(" + name + ")", ring.toString(), call(opcode, argument.address(), count));
    }

    private int call(int opcode, long argument, int count) {
        return (int) Sys.call(Libc.SYS_io_uring_register(), ring.number(), opcode, argument, count, 0, 0);
    }
}
