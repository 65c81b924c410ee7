package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.pollfd;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.KernelLog;
import io.dmctl.bindings.sys.Sys;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The kernel's device-mapper, by ioctls on its control node.
///
/// A blocked ioctl (a suspend that drains, a wait) holds its platform thread; [#close] does not end it.
public final class KernelTransport implements DmTransport {
    private static final String NODE = "/dev/mapper/control";
    private static final File DIR = new File("/dev/mapper");
    private static final String LOG_PREFIX = "device-mapper: ";
    private static final int MISC_MAJOR = 10;
    /// C: `MAPPER_CTRL_MINOR` of include/linux/miscdevice.h: opening it makes the kernel load the module.
    private static final int MAPPER_CTRL_MINOR = 236;

    private final Fd control;

    private KernelTransport(Fd control) {
        this.control = control;
    }

    /// Opens the control node, made when it is missing.
    ///
    /// @throws ErrnoException with the remedy when this kernel has no device-mapper or this user must not use it
    public static KernelTransport open() throws ErrnoException {
        final int r = openNode();
        if (r < 0) {
            throw new ErrnoException("open", NODE, -r, remedy(-r));
        }
        return new KernelTransport(Fd.owning(r));
    }

    /// Whether [#open] would work and the kernel would take commands; the control node may be made for it.
    public static Availability probe() {
        final int r = openNode();
        if (r < 0) {
            return Availability.no(NODE + ": " + Errno.describe(-r), remedy(-r));
        }
        try (DmControl dm = DmControl.over(new KernelTransport(Fd.owning(r)))) {
            return Availability.yes("device-mapper " + dm.run(new DmTask.Version()));
        } catch (DmException e) {
            return Availability.no(String.valueOf(e.getMessage()), remedy(e.errno()));
        }
    }

    private static int openNode() {
        final int r = Sys.open(NODE, Libc.O_RDWR(), 0);
        if (r != -Errno.ENOENT) {
            return r;
        }
        final boolean ownFolder = DIR.mkdir();
        final int made = makeNode();
        final int opened = made < 0 ? made : Sys.open(NODE, Libc.O_RDWR(), 0);
        if (opened < 0) {
            // Nothing behind it: without device-mapper there is no node to leave.
            if (made >= 0) {
                new File(NODE).delete();
            }
            if (ownFolder) {
                DIR.delete();
            }
        }
        return opened;
    }

    private static int makeNode() {
        try (Arena arena = Arena.ofConfined()) {
            final int minor = ProcNumbers.find("/proc/misc", "device-mapper").orElse(MAPPER_CTRL_MINOR);
            return (int) Sys.call(
                    Libc.SYS_mknodat(),
                    Libc.AT_FDCWD(),
                    Sys.cString(arena, NODE).address(),
                    Libc.S_IFCHR() | 0600,
                    new Devno(MISC_MAJOR, minor).encode(),
                    0,
                    0);
        }
    }

    private static String remedy(int errno) {
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM -> "run as root (CAP_SYS_ADMIN)";
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                "this kernel has no device-mapper loaded: modprobe dm_mod, or use --engine java";
            default -> "see the kernel's log (dmesg)";
        };
    }

    @Override
    public String call() {
        return "ioctl";
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws ErrnoException {
        if (!attachments.isEmpty()) {
            return DmOutcome.failed(
                    Errno.EOPNOTSUPP, "the kernel opens devices by itself and has no options besides the table");
        }
        if (!buffer.isNative() || buffer.byteSize() < DmHeader.dataSize(buffer)) {
            throw new IllegalArgumentException("data_size is larger than the buffer, or the buffer is not native");
        }
        final KernelLog log = isLogged(command) ? log() : null;
        try {
            final int r = DmHeader.has(buffer, Dm.DM_SECURE_DATA_FLAG())
                    ? secureIoctl(command, buffer, inputBytes)
                    : ioctl(command, buffer);
            return r < 0 ? new DmOutcome(-r, log == null ? null : reason(log), -1, -1) : DmOutcome.OK;
        } finally {
            if (log != null) {
                log.close();
            }
        }
    }

    private int ioctl(int command, MemorySegment buffer) {
        int r;
        do {
            r = Sys.ioctl(control.number(), DmCommand.request(command), buffer.address());
            // A signal ends the wait for a drain or an event, and leaves the request as it was.
        } while (r == -Errno.EINTR);
        return r;
    }

    /// The kernel wipes the request once it has its copy: after a signal it is written anew.
    private int secureIoctl(int command, MemorySegment buffer, long inputBytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(inputBytes, Long.BYTES);
            request.copyFrom(buffer.asSlice(0, inputBytes));
            int r = Sys.ioctl(control.number(), DmCommand.request(command), buffer.address());
            while (r == -Errno.EINTR) {
                MemorySegment.copy(request, 0, buffer, 0, inputBytes);
                r = Sys.ioctl(control.number(), DmCommand.request(command), buffer.address());
            }
            request.fill((byte) 0);
            return r;
        }
    }

    /// The kernel tells an errno, and in its log why: for what targets refuse.
    private static boolean isLogged(int command) {
        final DmCommand known = DmCommand.of(command);
        return known == DmCommand.TABLE_LOAD || known == DmCommand.DEV_SUSPEND || known == DmCommand.TARGET_MSG;
    }

    private static @Nullable KernelLog log() {
        try {
            return KernelLog.openAtEnd();
        } catch (ErrnoException e) {
            return null; // not for this user, or there is none
        }
    }

    /// What device-mapper has logged since the call began; null when nothing.
    private static @Nullable String reason(KernelLog log) throws ErrnoException {
        final String lines = log.news().stream()
                .filter(line -> line.startsWith(LOG_PREFIX))
                .map(line -> line.substring(LOG_PREFIX.length()))
                .collect(Collectors.joining("; "));
        return lines.isEmpty() ? null : lines;
    }

    /// Waits until anything has happened to any device since [DmTask.DevArmPoll] on this transport: made,
    /// removed, renamed, another table in use, an event of a target. False after `timeoutMs`, or earlier when a
    /// signal came.
    ///
    /// @kernel drivers/md/dm-ioctl.c `dm_poll`
    public boolean awaitEvent(int timeoutMs) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment fd = pollfd.allocate(arena);
            pollfd.fd(fd, control.number());
            pollfd.events(fd, (short) Libc.POLLIN());
            final long r = Sys.call(Libc.SYS_poll(), fd.address(), 1, timeoutMs);
            return r != -Errno.EINTR && ErrnoException.check("poll", NODE, r) > 0;
        }
    }

    @Override
    public void close() {
        control.close();
    }
}
