package io.dmctl.bindings.control;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's device-mapper, by ioctls on its control node.
///
/// A blocked ioctl (a suspend that drains, a wait) holds its platform thread; [#close] does not end it.
public final class KernelTransport implements DmTransport {
    private static final String NODE = "/dev/mapper/control";
    private static final File DIR = new File("/dev/mapper");
    private static final int MISC_MAJOR = 10;
    /// C: `MAPPER_CTRL_MINOR` of include/linux/miscdevice.h: opening it makes the kernel load the module.
    private static final int MAPPER_CTRL_MINOR = 236;

    private final Fd control;

    private KernelTransport(Fd control) {
        this.control = control;
    }

    /// Opens the control node, made when it is missing.
    ///
    /// @throws IOException with the remedy when this kernel has no device-mapper or this user must not use it
    public static KernelTransport open() throws IOException {
        final int r = openNode();
        if (r < 0) {
            throw new IOException("open: " + NODE + ": " + Errno.describe(-r) + ": " + remedy(-r));
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
        int r;
        do {
            r = Sys.ioctl(control.number(), DmCommand.request(command), buffer.address());
            // A signal ends the wait for a drain or an event, and leaves the request as it was.
        } while (r == -Errno.EINTR);
        return r < 0 ? DmOutcome.failed(-r) : DmOutcome.OK;
    }

    @Override
    public void close() {
        control.close();
    }
}
