package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// Mapped memory, page aligned. This object owns it: [#close] unmaps it once.
///
/// The segment has the global scope, so that it costs no liveness check and may be handed to JDK APIs as a
/// ByteBuffer; in return **its use after [#close] is a memory error**, as it is in C. Close it when neither
/// Java nor the kernel (a request in flight, a registered buffer) holds on to its addresses.
///
/// Thread rule: any thread; the closer makes sure that no one uses the segment.
public final class Mapping implements AutoCloseable {
    private final MemorySegment segment;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Mapping(MemorySegment segment) {
        this.segment = segment;
    }

    /// Zeroed private memory, readable and writable, populated at once so that no later touch faults.
    ///
    /// @param byteSize rounded up to whole pages
    /// @throws ErrnoException ENOMEM
    public static Mapping anonymous(long byteSize) throws ErrnoException {
        return map(
                "anonymous memory",
                -1,
                0,
                Pages.roundUp(byteSize),
                Libc.PROT_READ() | Libc.PROT_WRITE(),
                Libc.MAP_PRIVATE() | Libc.MAP_ANONYMOUS() | Libc.MAP_POPULATE());
    }

    /// As [#anonymous], but each page is there from its first touch on: for what may never be used.
    public static Mapping untouched(long byteSize) throws ErrnoException {
        return map(
                "anonymous memory",
                -1,
                0,
                Pages.roundUp(byteSize),
                Libc.PROT_READ() | Libc.PROT_WRITE(),
                Libc.MAP_PRIVATE() | Libc.MAP_ANONYMOUS() | Libc.MAP_NORESERVE());
    }

    /// As [#anonymous], locked in memory and kept out of core dumps: for keys. Whoever closes it wipes it before.
    ///
    /// @throws ErrnoException ENOMEM, EPERM: more than RLIMIT_MEMLOCK
    public static Mapping locked(long byteSize) throws ErrnoException {
        final Mapping mapping = anonymous(byteSize);
        try {
            ErrnoException.check(
                    "mlock",
                    mapping.byteSize() + " bytes",
                    Sys.call(Libc.SYS_mlock(), mapping.address(), mapping.byteSize(), 0));
            ErrnoException.check(
                    "madvise",
                    "MADV_DONTDUMP",
                    Sys.call(Libc.SYS_madvise(), mapping.address(), mapping.byteSize(), Libc.MADV_DONTDUMP()));
        } catch (ErrnoException e) {
            mapping.close();
            throw e;
        }
        return mapping;
    }

    /// The machine code `code` in memory of its own, which can be read and run, and no more written.
    ///
    /// @throws ErrnoException ENOMEM; EACCES, EPERM: a security policy lets this process make no code
    public static Mapping executable(byte[] code) throws ErrnoException {
        final Mapping mapping = anonymous(code.length);
        MemorySegment.copy(code, 0, mapping.segment, JAVA_BYTE, 0, code.length);
        try {
            ErrnoException.check(
                    "mprotect",
                    mapping.byteSize() + " bytes, PROT_READ|PROT_EXEC",
                    Sys.call(
                            SysNumbers.SYS_mprotect,
                            mapping.address(),
                            mapping.byteSize(),
                            Libc.PROT_READ() | Libc.PROT_EXEC()));
        } catch (ErrnoException e) {
            mapping.close();
            throw e;
        }
        return mapping;
    }

    /// Maps `byteSize` bytes of `fd` from `offset`, shared and populated.
    ///
    /// @param offset a multiple of the page size
    /// @param protection `PROT_READ`, `PROT_WRITE`: see [#READ], [#READ_WRITE]
    public static Mapping shared(int fd, long offset, long byteSize, int protection) throws ErrnoException {
        return map("fd " + fd, fd, offset, byteSize, protection, Libc.MAP_SHARED() | Libc.MAP_POPULATE());
    }

    /// C: `#define PROT_READ 0x1`
    public static final int READ = Libc.PROT_READ();

    public static final int READ_WRITE = Libc.PROT_READ() | Libc.PROT_WRITE();

    private static Mapping map(String subject, int fd, long offset, long byteSize, int protection, int flags)
            throws ErrnoException {
        if (byteSize <= 0) {
            throw new IllegalArgumentException("byteSize must be positive, was " + byteSize);
        }
        final long address = ErrnoException.check(
                "mmap", subject, Sys.call(Libc.SYS_mmap(), 0, byteSize, protection, flags, fd, offset));
        return new Mapping(Sys.memoryAt(address, byteSize));
    }

    /// The memory; bounded, with the global scope.
    public MemorySegment segment() {
        return segment;
    }

    public long address() {
        return segment.address();
    }

    public long byteSize() {
        return segment.byteSize();
    }

    @Override
    public void close() {
        if (open.getAndSet(false)) {
            Sys.call(Libc.SYS_munmap(), segment.address(), segment.byteSize(), 0);
        }
    }
}
