package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.rlimit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/// Calls on the calling thread and the process. The methods say which of the two they act on: what acts on a
/// thread is inherited by the threads and processes that it creates later, and is right only on a platform
/// thread.
public final class ProcessControl {
    private static final int CPU_SET_BYTES = 1024; // 8192 CPUs: the largest NR_CPUS of the kernel's Kconfig
    private static final int CAP_SYS_ADMIN = 21;
    private static final String CAP_EFF = "CapEff:";

    private ProcessControl() {}

    /// The kernel's id of the calling thread.
    public static int gettid() {
        return (int) Sys.call(Libc.SYS_gettid(), 0, 0, 0);
    }

    /// Whether this process has CAP_SYS_ADMIN where the kernel's drivers ask for it: in the first user namespace.
    public static boolean isSysAdmin() {
        try {
            return inFirstUserNamespace() && (effectiveCapabilities() & 1L << CAP_SYS_ADMIN) != 0;
        } catch (IOException e) {
            return false; // no /proc
        }
    }

    /// Others do not map all users. A kernel without namespaces has no such file.
    private static boolean inFirstUserNamespace() throws IOException {
        final Path map = Path.of("/proc/self/uid_map");
        return Files.notExists(map) || Files.readString(map).strip().matches("0\\s+0\\s+4294967295");
    }

    private static long effectiveCapabilities() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(CAP_EFF)) {
                return Long.parseUnsignedLong(line.substring(CAP_EFF.length()).strip(), 16);
            }
        }
        return 0;
    }

    /// Binds the calling thread to `cpus`.
    public static void setAffinity(BitSet cpus) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment set = arena.allocate(CPU_SET_BYTES, Long.BYTES);
            final byte[] bits = cpus.toByteArray();
            MemorySegment.copy(bits, 0, set, ValueLayout.JAVA_BYTE, 0, bits.length);
            check(
                    "sched_setaffinity",
                    cpus.toString(),
                    Sys.call(Libc.SYS_sched_setaffinity(), 0, CPU_SET_BYTES, set.address()));
        }
    }

    /// The CPUs that the calling thread may run on.
    public static BitSet affinity() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment set = arena.allocate(CPU_SET_BYTES, Long.BYTES);
            final long n = ErrnoException.check(
                    "sched_getaffinity",
                    "this thread",
                    Sys.call(Libc.SYS_sched_getaffinity(), 0, CPU_SET_BYTES, set.address()));
            return BitSet.valueOf(set.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /// Marks the calling thread as part of the I/O path, so that its allocations never wait for I/O
    /// (`PF_MEMALLOC_NOIO`).
    ///
    /// @throws ErrnoException EPERM without CAP_SYS_RESOURCE
    public static void setIoFlusher() throws ErrnoException {
        check("prctl(PR_SET_IO_FLUSHER)", "this thread", prctl(Libc.PR_SET_IO_FLUSHER(), 1));
    }

    public static boolean isIoFlusher() throws ErrnoException {
        return ErrnoException.check("prctl(PR_GET_IO_FLUSHER)", "this thread", prctl(Libc.PR_GET_IO_FLUSHER(), 0)) != 0;
    }

    /// Names the calling thread in the kernel; at most 15 bytes are kept.
    public static void setThreadName(String name) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment text = Sys.cString(arena, name);
            check("prctl(PR_SET_NAME)", name, prctl(Libc.PR_SET_NAME(), text.address()));
        }
    }

    private static long prctl(int option, long argument) {
        return Sys.call(Libc.SYS_prctl(), option, argument, 0, 0, 0, 0);
    }

    /// Gives the calling thread a mount namespace of its own.
    ///
    /// @throws ErrnoException EPERM without CAP_SYS_ADMIN
    public static void unshareMounts() throws ErrnoException {
        check("unshare(CLONE_NEWNS)", "this thread", Sys.call(Libc.SYS_unshare(), Libc.CLONE_NEWNS(), 0, 0));
    }

    /// Takes a mount out of the calling thread's namespace at once; what is open there stays so.
    ///
    /// @throws ErrnoException EPERM without CAP_SYS_ADMIN, EINVAL when nothing is mounted there
    public static void detachMount(String mountPoint) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            check(
                    "umount2(MNT_DETACH)",
                    mountPoint,
                    Sys.call(Libc.SYS_umount2(), Sys.cString(arena, mountPoint).address(), LibcMacros.MNT_DETACH, 0));
        }
    }

    /// Makes every mount of the calling thread's namespace a slave: mounts made outside still arrive, ours stay
    /// inside.
    public static void makeMountsSlave() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final long none = Sys.cString(arena, "none").address();
            final long root = Sys.cString(arena, "/").address();
            check(
                    "mount(MS_SLAVE|MS_REC)",
                    "/",
                    Sys.call(Libc.SYS_mount(), none, root, 0, Libc.MS_SLAVE() | Libc.MS_REC(), 0, 0));
        }
    }

    /// Locks the process's memory, what is mapped now and later, page by page as each is first touched
    /// (`MCL_ONFAULT`).
    ///
    /// @throws ErrnoException ENOMEM above RLIMIT_MEMLOCK without CAP_IPC_LOCK
    public static void lockMemoryOnFault() throws ErrnoException {
        lockMemory(Libc.MCL_CURRENT() | Libc.MCL_FUTURE() | Libc.MCL_ONFAULT());
    }

    /// Locks the process's memory and touches all of it at once.
    public static void lockAllMemory() throws ErrnoException {
        lockMemory(Libc.MCL_CURRENT() | Libc.MCL_FUTURE());
    }

    private static void lockMemory(int flags) throws ErrnoException {
        check("mlockall", "this process", Sys.call(Libc.SYS_mlockall(), flags, 0, 0));
    }

    public static void unlockAllMemory() throws ErrnoException {
        check("munlockall", "this process", Sys.call(Libc.SYS_munlockall(), 0, 0, 0));
    }

    /// The process writes no core file: keys and users' data stay out of it.
    public static void disableCoreDumps() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment zero = rlimit.allocate(arena);
            check(
                    "prlimit(RLIMIT_CORE)",
                    "this process",
                    Sys.call(Libc.SYS_prlimit64(), 0, Libc.RLIMIT_CORE(), zero.address(), 0, 0, 0));
        }
    }

    /// Sends `signal` to process `pid`; 0 sends nothing, and says whether the process is there.
    ///
    /// @throws ErrnoException ESRCH: no such process; EPERM: not ours
    public static void kill(int pid, int signal) throws ErrnoException {
        if (pid <= 0) {
            // A process id of -1 (a dead ublk server has it) would mean every process.
            throw new IllegalArgumentException("not one process: " + pid);
        }
        check("kill", "process " + pid, Sys.call(Libc.SYS_kill(), pid, signal, 0));
    }

    /// Makes the process the leader of a new session without terminal; answers the session's id.
    ///
    /// @throws ErrnoException EPERM when it leads a process group already
    public static int setsid() throws ErrnoException {
        return (int) ErrnoException.check("setsid", "this process", Sys.call(SysNumbers.SYS_setsid, 0, 0, 0));
    }

    private static void check(String call, String subject, long result) throws ErrnoException {
        final long checked = ErrnoException.check(call, subject, result);
        assert checked >= 0;
    }
}
