package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.sembuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// System V semaphores, sets of one: what libdm and udev's rules wait for each other with. Calls answer `-errno` where
/// they fail.
///
/// Thread rule: any thread. Nothing waits here: a waiter that asks again from time to time can stop.
public final class Semaphores {
    // C: struct semid64_ds of asm/sembuf.h (x86-64): ipc64_perm, of which __key is first, then the two times with a
    // word
    // behind each.
    private static final long DS_BYTES = 104;
    private static final long DS_KEY = 0;
    private static final long DS_OTIME = 48;
    private static final long DS_CTIME = 64;
    /// C: struct seminfo of linux/sem.h: ten ints.
    private static final long INFO_BYTES = 40;

    private Semaphores() {}

    /// A semaphore set of this machine. Times are seconds since 1970; `lastOpSeconds` is 0 before the first operation.
    public record State(int id, int key, long lastOpSeconds, long changedSeconds) {}

    /// The set with this key.
    public static int find(int key) {
        return (int) Sys.call(Libc.SYS_semget(), key, 1, 0);
    }

    /// Makes a set of value `value` that only its user may touch; `-EEXIST` when the key is taken.
    public static int create(int key, int value) {
        final int id = (int) Sys.call(Libc.SYS_semget(), key, 1, 0600 | Libc.IPC_CREAT() | Libc.IPC_EXCL());
        if (id < 0) {
            return id;
        }
        final long set = Sys.call(Libc.SYS_semctl(), id, 0, Libc.SETVAL(), value, 0, 0);
        return set < 0 ? (int) set : id;
    }

    public static int remove(int id) {
        return (int) Sys.call(Libc.SYS_semctl(), id, 0, Libc.IPC_RMID());
    }

    public static int value(int id) {
        return (int) Sys.call(Libc.SYS_semctl(), id, 0, Libc.GETVAL());
    }

    /// Adds `change` to the value, without waiting: `-EAGAIN` where it would go below 0.
    public static int add(int id, int change) {
        return operate(id, change, Libc.IPC_NOWAIT());
    }

    /// Whether the value is 0 now: `-EAGAIN` when it is not.
    public static int isZero(int id) {
        return operate(id, 0, Libc.IPC_NOWAIT());
    }

    private static int operate(int id, int op, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment operation = sembuf.allocate(arena);
            sembuf.sem_num(operation, (short) 0);
            sembuf.sem_op(operation, (short) op);
            sembuf.sem_flg(operation, (short) flags);
            return (int) Sys.call(Libc.SYS_semop(), id, operation.address(), 1);
        }
    }

    /// All sets that this user may see.
    ///
    /// @throws ErrnoException ENOSYS where the kernel has none
    public static List<State> all() throws ErrnoException {
        final List<State> all = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
            final long last = ErrnoException.check(
                    "semctl", "SEM_INFO", Sys.call(Libc.SYS_semctl(), 0, 0, Libc.SEM_INFO(), info.address(), 0, 0));
            final MemorySegment ds = arena.allocate(DS_BYTES, Long.BYTES);
            for (long index = 0; index <= last; index++) {
                final int id = (int) Sys.call(Libc.SYS_semctl(), index, 0, Libc.SEM_STAT(), ds.address(), 0, 0);
                if (id >= 0) {
                    all.add(new State(
                            id, ds.get(JAVA_INT, DS_KEY), ds.get(JAVA_LONG, DS_OTIME), ds.get(JAVA_LONG, DS_CTIME)));
                }
            }
        }
        return all;
    }
}
