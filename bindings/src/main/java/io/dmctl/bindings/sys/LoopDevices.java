package io.dmctl.bindings.sys;

import io.dmctl.bindings.block.Block;
import io.dmctl.bindings.block.loop_config;
import io.dmctl.bindings.block.loop_info64;
import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Loop devices: a file as a block device.
public final class LoopDevices {
    private static final String CONTROL = "/dev/loop-control";
    // Between GET_FREE and CONFIGURE another process may take the device: as losetup does, try another.
    private static final int ATTEMPTS = 64;

    private LoopDevices() {}

    /// How a file is attached.
    public record Options(boolean readOnly, boolean directIo) {
        public static final Options DEFAULT = new Options(false, false);
    }

    public static Availability probe() {
        if (!Files.exists(Path.of(CONTROL))) {
            return Availability.no(CONTROL + " is missing", "modprobe loop (CONFIG_BLK_DEV_LOOP)");
        }
        final int fd = Sys.open(CONTROL, Libc.O_RDWR(), 0);
        if (fd < 0) {
            return Availability.no("open: " + CONTROL + ": " + Errno.describe(-fd), "run as root");
        }
        Sys.close(fd);
        return Availability.yes();
    }

    /// Attaches `file` to a free loop device. The device lives until [LoopDevice#close].
    public static LoopDevice attach(Path file, Options options) throws ErrnoException {
        try (Fd backing = Fd.open(file.toString(), options.readOnly() ? Libc.O_RDONLY() : Libc.O_RDWR());
                Fd control = Fd.open(CONTROL, Libc.O_RDWR())) {
            ErrnoException busy = new ErrnoException("ioctl(LOOP_CONFIGURE)", file.toString(), Errno.EBUSY);
            for (int i = 0; i < ATTEMPTS; i++) {
                final int index = ErrnoException.check(
                        "ioctl(LOOP_CTL_GET_FREE)", CONTROL, Sys.ioctl(control.number(), Block.LOOP_CTL_GET_FREE(), 0));
                final String path = "/dev/loop" + index;
                final Fd device = Fd.open(path, Libc.O_RDWR());
                try {
                    configure(device, path, backing, file, options);
                    return new LoopDevice(path, device);
                } catch (ErrnoException e) {
                    device.close();
                    if (e.errno() != Errno.EBUSY) {
                        throw e;
                    }
                    busy = e;
                }
            }
            throw busy;
        }
    }

    private static void configure(Fd device, String path, Fd backing, Path file, Options options)
            throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment config = loop_config.allocate(arena);
            loop_config.fd(config, backing.number());
            final MemorySegment info = loop_config.info(config);
            loop_info64.lo_flags(
                    info,
                    (options.readOnly() ? Block.LO_FLAGS_READ_ONLY() : 0)
                            | (options.directIo() ? Block.LO_FLAGS_DIRECT_IO() : 0));
            final byte[] name = file.toString().getBytes(StandardCharsets.UTF_8);
            final MemorySegment to = loop_info64.lo_file_name(info);
            final byte[] shown = Arrays.copyOf(name, Math.min(name.length, (int) to.byteSize() - 1));
            MemorySegment.copy(shown, 0, to, ValueLayout.JAVA_BYTE, 0, shown.length);
            ErrnoException.check(
                    "ioctl(LOOP_CONFIGURE)",
                    path,
                    Sys.ioctl(device.number(), Block.LOOP_CONFIGURE(), config.address()));
        }
    }
}
