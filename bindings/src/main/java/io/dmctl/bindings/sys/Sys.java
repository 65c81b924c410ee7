package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// The system-call layer: every call answers its result, or `-errno`. Only this package calls native code.
///
/// One native shape serves all: `long syscall(long nr, long x6)`, so that starting a JVM pays for one downcall stub.
/// Addresses are
/// passed as `long`; the caller keeps the memory alive until the call (or, for what the kernel holds on to, its
/// completion) is over.
///
/// Two forms (decision 19): [#call] captures errno into the calling thread's own segment and is right for everything
/// cold;
/// [#hot] carries no capture (it would allocate), answers -1 for any failure, and is for calls that may be issued again
/// through
/// [#call] to learn why, as `io_uring_enter` may.
///
/// Thread rule: every method may be called from any thread.
public final class Sys {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MemorySegment SYSCALL =
            LINKER.defaultLookup().find("syscall").orElseThrow();
    // Not told to be variadic, as C has it: integers go the same way on every Linux that Java has a linker for, and the
    // option costs the first call 9 ms.
    private static final MethodHandle CAPTURING =
            LINKER.downcallHandle(SYSCALL, SHAPE, Linker.Option.captureCallState("errno"));
    /// On Linux errno is all that there is to capture; SysTest holds this against the layout, whose search costs 2 ms.
    static final long ERRNO_OFFSET = 0;
    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private Sys() {}

    /// In a holder of its own, so that a command line that never runs a ring does not pay for a second stub.
    private static final class Hot {
        static final MethodHandle PLAIN = LINKER.downcallHandle(SYSCALL, SHAPE);
    }

    /// Makes system call `nr`; answers its result, or `-errno`.
    public static long call(long nr, long a, long b, long c, long d, long e, long f) {
        final MemorySegment capture = CAPTURE.get();
        final long r;
        try {
            r = (long) CAPTURING.invokeExact(capture, nr, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        return r == -1 ? -capture.get(JAVA_INT, ERRNO_OFFSET) : r;
    }

    public static long call(long nr, long a, long b, long c) {
        return call(nr, a, b, c, 0, 0, 0);
    }

    /// Makes system call `nr` without errno: -1 for any failure. Allocates nothing. @HotPath
    public static long hot(long nr, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) Hot.PLAIN.invokeExact(nr, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Opens `path`; `O_CLOEXEC` is always added. Answers the descriptor, or `-errno`.
    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) call(
                    Libc.SYS_openat(),
                    Libc.AT_FDCWD(),
                    cString(arena, path).address(),
                    flags | Libc.O_CLOEXEC(),
                    mode,
                    0,
                    0);
        }
    }

    public static int close(int fd) {
        return (int) call(Libc.SYS_close(), fd, 0, 0);
    }

    /// `argument` is the address of the ioctl's structure, or its value.
    public static int ioctl(int fd, long request, long argument) {
        return (int) call(Libc.SYS_ioctl(), fd, request, argument);
    }

    /// Reads at most `length` bytes at `address`.
    public static long read(int fd, long address, long length) {
        return call(Libc.SYS_read(), fd, address, length);
    }

    public static long write(int fd, long address, long length) {
        return call(Libc.SYS_write(), fd, address, length);
    }

    public static long pread(int fd, long address, long length, long offset) {
        return call(Libc.SYS_pread64(), fd, address, length, offset, 0, 0);
    }

    public static long pwrite(int fd, long address, long length, long offset) {
        return call(Libc.SYS_pwrite64(), fd, address, length, offset, 0, 0);
    }

    /// As [#pread], for the I/O path: allocates nothing while it succeeds. @HotPath
    public static long hotPread(int fd, long address, long length, long offset) {
        final long r = hot(Libc.SYS_pread64(), fd, address, length, offset, 0, 0);
        return r >= 0 ? r : pread(fd, address, length, offset);
    }

    /// As [#pwrite], for the I/O path: allocates nothing while it succeeds. @HotPath
    public static long hotPwrite(int fd, long address, long length, long offset) {
        final long r = hot(Libc.SYS_pwrite64(), fd, address, length, offset, 0, 0);
        return r >= 0 ? r : pwrite(fd, address, length, offset);
    }

    public static int fdatasync(int fd) {
        return (int) call(Libc.SYS_fdatasync(), fd, 0, 0);
    }

    /// A NUL-terminated UTF-8 copy of `s` in `arena`.
    public static MemorySegment cString(Arena arena, String s) {
        return arena.allocateFrom(s, StandardCharsets.UTF_8);
    }

    /// The memory at `address`, `byteSize` bytes long, never freed by Java: the one place that makes a segment of a raw
    /// address.
    public static MemorySegment memoryAt(long address, long byteSize) {
        if (address == 0 || byteSize < 0) {
            throw new IllegalArgumentException("no memory: address " + address + ", " + byteSize + " bytes");
        }
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }

    /// The bytes of `segment` up to the first NUL at or after `offset`, or up to `limit`, whichever is first.
    public static byte[] bytesToNul(MemorySegment segment, long offset, long limit) {
        long end = offset;
        while (end < limit && segment.get(JAVA_BYTE, end) != 0) {
            end++;
        }
        return segment.asSlice(offset, end - offset).toArray(JAVA_BYTE);
    }
}
