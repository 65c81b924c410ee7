package io.dmctl.cli;

import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileIdentity;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// For a constructor that is only to judge its arguments: devices are looked at and closed again, nothing is written.
/// Visits then tell whether the areas are inside the devices.
final class DryContext implements TargetContext, DeviceVisitor {
    /// The errno of a constructor that got as far as wanting what is not looked at: a device's bytes, a service.
    static final int NOT_LOOKED_AT = Errno.ENOSYS;

    private final long beginSector;
    private final long lenSectors;
    private final boolean readOnly;
    private final Look look;
    private Optional<TableFault> bad = Optional.empty();

    /// How the devices that a line names are looked at.
    enum Look {
        /// They are there, and block devices, as the kernel wants them.
        KERNEL,
        /// As the kernel claims them: one in use is at fault.
        KERNEL_CLAIM,
        /// They are there: block devices or files, as the Java engine takes them.
        ANY,
        /// Not at all: they are there, and large enough.
        NONE
    }

    DryContext(long beginSector, long lenSectors, boolean readOnly, Look look) {
        this.beginSector = beginSector;
        this.lenSectors = lenSectors;
        this.readOnly = readOnly;
        this.look = look;
    }

    private record Seen(DeviceArg arg, long sizeSectors, QueueLimits limits) implements LowerDevice {
        @Override
        public String name() {
            return arg.word();
        }
    }

    @Override
    public LowerDevice getDevice(DeviceArg arg) throws TargetException {
        if (look == Look.NONE) {
            return new Seen(arg, Long.MAX_VALUE >> 9, QueueLimits.STACKING);
        }
        final Path sysfs = Path.of("/sys/dev/block/" + arg.word());
        try {
            if (arg.word().matches("\\d+:\\d+")) {
                if (!Files.exists(sysfs)) {
                    throw new TargetException(Errno.describe(Errno.ENXIO), Errno.ENXIO, arg.index());
                }
                final String node = "/dev/" + sysfs.toRealPath().getFileName();
                return look(arg, node);
            }
            return look(arg, arg.word());
        } catch (ErrnoException e) {
            throw new TargetException(Errno.describe(e.errno()), e.errno(), arg.index());
        } catch (IOException e) {
            throw new TargetException(String.valueOf(e.getMessage()), Errno.EIO, arg.index());
        }
    }

    private LowerDevice look(DeviceArg arg, String path) throws ErrnoException, TargetException {
        try (Fd fd = Fd.open(
                path, OpenFlags.RDONLY | OpenFlags.NONBLOCK | (look == Look.KERNEL_CLAIM ? OpenFlags.EXCL : 0))) {
            final FileIdentity id = FileIdentity.of(fd.number());
            if (!id.isBlockDevice() && !(look == Look.ANY && id.isRegularFile())) {
                throw new TargetException(Errno.describe(Errno.ENOTBLK), Errno.ENOTBLK, arg.index());
            }
            return new Seen(arg, BlockDevices.sizeBytes(fd.number()) >> 9, QueueLimits.STACKING);
        }
    }

    @Override
    public void visit(LowerDevice device, long startSector, long len) {
        final long size = device.sizeSectors();
        if (device instanceof Seen seen
                && bad.isEmpty()
                && (Long.compareUnsigned(startSector, size) >= 0
                        || Long.compareUnsigned(len, size - startSector) > 0)) {
            bad = Optional.of(new TableFault(
                    Errno.EINVAL,
                    0,
                    // A start sector follows its device; without one the device itself is too small.
                    seen.arg().index() + (startSector == 0 ? 0 : 1),
                    device.name() + " too small for target: start=" + Long.toUnsignedString(startSector) + ", len="
                            + len + ", dev_size=" + size));
        }
    }

    /// The first area that is not inside its device, as a fault of table line `line`.
    Optional<TableFault> pastTheEnd(int line) {
        return bad.map(f -> new TableFault(f.errno(), line, f.argument(), f.text()));
    }

    @Override
    public long beginSector() {
        return beginSector;
    }

    @Override
    public long lenSectors() {
        return lenSectors;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public Domain domain(Object key) {
        return new Domain() {};
    }

    @Override
    public void queueWork(Domain owner) {
        throw new UnsupportedOperationException("a table that is judged never becomes live");
    }

    @Override
    public void run(Domain owner, Runnable task) {
        task.run();
    }

    @Override
    public Background background(Domain owner, Background.Worker worker) {
        return new Background() {
            @Override
            public QueueContext queue() {
                throw new UnsupportedOperationException("a table that is judged does no I/O");
            }

            @Override
            public void queueWork() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public <S> S shared(Class<S> type, Supplier<S> make) {
        return make.get();
    }

    @Override
    public boolean await(BooleanSupplier done) {
        throw new UnsupportedOperationException("a table that is judged never becomes live");
    }

    @Override
    public void signal() {}

    @Override
    public MemorySegment survivingState(String name, long bytes) {
        return Arena.ofAuto().allocate(bytes, Long.BYTES);
    }

    @Override
    public <S> S service(Class<S> type) throws TargetException {
        throw notHere();
    }

    @Override
    public void tableEvent() {}

    @Override
    public BlockingIo blockingIo() {
        return new BlockingIo() {
            @Override
            public void read(LowerDevice dev, long sector, MemorySegment to) throws TargetException {
                throw notHere();
            }

            @Override
            public void write(LowerDevice dev, long sector, MemorySegment from) throws TargetException {
                throw notHere();
            }

            @Override
            public void flush(LowerDevice dev) throws TargetException {
                throw notHere();
            }
        };
    }

    private static TargetException notHere() {
        return new TargetException("not looked at", NOT_LOOKED_AT, -1);
    }
}
