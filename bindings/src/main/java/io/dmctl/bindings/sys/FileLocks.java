package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.flock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Advisory locks that belong to an open file description, so that they end with its last descriptor (and with
/// the process), and a second open even in this process is refused.
public final class FileLocks {
    private FileLocks() {}

    /// flock(2), exclusive. Answers false when someone else holds it.
    public static boolean tryFlock(int fd) throws ErrnoException {
        return held("flock", fd, (int) Sys.call(Libc.SYS_flock(), fd, Libc.LOCK_EX() | Libc.LOCK_NB(), 0));
    }

    /// flock(2), exclusive; waits.
    public static void flock(int fd) throws ErrnoException {
        int r;
        do {
            r = (int) Sys.call(Libc.SYS_flock(), fd, Libc.LOCK_EX(), 0);
        } while (r == -Errno.EINTR);
        ErrnoException.check("flock", "fd " + fd, r);
    }

    public static void unlockFlock(int fd) throws ErrnoException {
        ErrnoException.check("flock", "fd " + fd, (int) Sys.call(Libc.SYS_flock(), fd, Libc.LOCK_UN(), 0));
    }

    /// An open-file-description lock of the whole file: a write lock (`fd` open for writing) when `exclusive`,
    /// else a read lock. Answers false when someone else holds a conflicting one.
    public static boolean tryOfdLock(int fd, boolean exclusive) throws ErrnoException {
        return held("fcntl(F_OFD_SETLK)", fd, ofd(fd, exclusive ? Libc.F_WRLCK() : Libc.F_RDLCK()));
    }

    public static void ofdUnlock(int fd) throws ErrnoException {
        ErrnoException.check("fcntl(F_OFD_SETLK)", "fd " + fd, ofd(fd, Libc.F_UNLCK()));
    }

    private static int ofd(int fd, int type) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment lock = flock.allocate(arena); // zeroed: l_pid must be 0, l_len 0 is the whole file
            flock.l_type(lock, (short) type);
            flock.l_whence(lock, (short) LibcMacros.SEEK_SET);
            return (int) Sys.call(Libc.SYS_fcntl(), fd, Libc.F_OFD_SETLK(), lock.address());
        }
    }

    private static boolean held(String call, int fd, int result) throws ErrnoException {
        if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
            return false;
        }
        return ErrnoException.check(call, "fd " + fd, result) >= 0;
    }
}
