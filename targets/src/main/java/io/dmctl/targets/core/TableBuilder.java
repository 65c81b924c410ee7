package io.dmctl.targets.core;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes a table of its lines, refusing what the kernel refuses, in its order, with its texts. Nothing stays open after
/// a refusal.
///
/// @kernel drivers/md/dm-table.c `dm_table_add_target`
public final class TableBuilder {
    private static final int ENXIO = 6;
    private static final long MAX_END_SECTOR = Long.MAX_VALUE >> 9;

    private final TargetRegistry registry;
    private final IoGroup group;
    private final Services services;

    /// What targets get from the backend.
    public interface Services extends DeviceOpener {
        BlockingIo blockingIo();

        /// [TargetContext#survivingState], the name unique in the table; freed at [#closed]. As it is here, for
        /// devices that end with their process: nothing is kept.
        default MemorySegment survivingState(String name, long bytes) throws TargetException {
            return Arena.ofAuto().allocate(bytes, Long.BYTES);
        }

        /// @throws TargetException where it is not offered
        <S> S service(Class<S> type) throws TargetException;
    }

    public TableBuilder(TargetRegistry registry, IoGroup group, Services services) {
        this.registry = registry;
        this.group = group;
        this.services = services;
    }

    /// Builds a table for `device`.
    ///
    /// @throws TableException with line and argument
    public LiveTable build(MappedDevice device, List<TableSpec> lines, boolean readOnly) throws TableException {
        if (lines.isEmpty()) {
            throw new TableException("no targets specified", EINVAL, -1, -1);
        }
        final DeviceSet devices = new DeviceSet(new Guarded(device));
        final List<TableEntry> entries = new ArrayList<>();
        boolean ok = false;
        try {
            for (TableSpec line : lines) {
                entries.add(add(device, entries, line, readOnly, devices));
            }
            final LiveTable table = new LiveTable(entries, readOnly, devices);
            ok = true;
            return table;
        } finally {
            if (!ok) {
                for (TableEntry entry : entries.reversed()) {
                    entry.target.close();
                }
                devices.close();
            }
        }
    }

    private TableEntry add(
            MappedDevice device, List<TableEntry> before, TableSpec line, boolean readOnly, DeviceSet devices)
            throws TableException {
        final int index = before.size();
        if (!before.isEmpty() && has(before.getFirst().type, TargetFeature.SINGLETON)) {
            throw refuse("target type " + before.getFirst().type.name() + " must appear alone in table", index);
        }
        final long start = line.startSector();
        final long len = line.lenSectors();
        if (len == 0) {
            throw refuse("zero-length target", index);
        }
        if (start < 0 || len < 0 || start + len < start || start + len > MAX_END_SECTOR) {
            throw refuse("too large device", index);
        }
        final TargetType type = registry.find(line.type());
        if (type == null) {
            throw refuse(line.type() + ": unknown target type", index);
        }
        final String bad = misfit(type, before, readOnly, start);
        if (bad != null) {
            throw refuse(type.name() + ": " + bad, index);
        }
        final Context context = new Context(device, line, index, readOnly, devices);
        final TableEntry entry = new TableEntry(type, construct(type, context, line, index), index, start, len);
        context.entry = entry;
        return entry;
    }

    private static @Nullable String misfit(TargetType type, List<TableEntry> before, boolean readOnly, long start) {
        if (has(type, TargetFeature.SINGLETON) && !before.isEmpty()) {
            return "singleton target type must appear alone in table";
        }
        if (has(type, TargetFeature.ALWAYS_WRITEABLE) && readOnly) {
            return "target type may not be included in a read-only table";
        }
        final TargetType first = before.isEmpty() ? type : before.getFirst().type;
        final boolean immutable = has(type, TargetFeature.IMMUTABLE) || has(first, TargetFeature.IMMUTABLE);
        if (immutable && !first.name().equals(type.name())) {
            return "immutable target type cannot be mixed with other target types";
        }
        final long end = before.isEmpty() ? 0 : before.getLast().endSector();
        return start == end ? null : "Gap in table";
    }

    private static Target construct(TargetType type, TargetContext context, TableSpec line, int index)
            throws TableException {
        try (TargetArgs args = TargetArgs.splitBytes(line.params())) {
            return type.ctr(context, args);
        } catch (TargetException e) {
            throw new TableException(type.name() + ": " + e.getMessage(), e.errno(), index, e.argument());
        } catch (RuntimeException | LinkageError e) {
            // A fault of the target's, which may be a user's: the table is refused, and the others' devices live on.
            throw new TableException(type.name() + ": its constructor failed: " + e, EINVAL, index, -1);
        }
    }

    private static boolean has(TargetType type, TargetFeature feature) {
        return type.features().contains(feature);
    }

    private static TableException refuse(String text, int line) {
        return new TableException(text, EINVAL, line, -1);
    }

    /// Refuses a device below itself; counts the devices of ours that a table uses.
    private final class Guarded implements DeviceOpener {
        private final MappedDevice owner;

        Guarded(MappedDevice owner) {
            this.owner = owner;
        }

        @Override
        public BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
            final BlockDevice opened = services.open(arg, readOnly);
            if (opened instanceof MappedDevice below) {
                if (below.reaches(owner)) {
                    services.close(opened);
                    throw new TargetException("device " + arg.word() + " would lie below itself", EINVAL, arg.index());
                }
                if (!below.use()) {
                    services.close(opened);
                    throw new TargetException("device " + arg.word() + " is being removed", ENXIO, arg.index());
                }
            }
            return opened;
        }

        @Override
        public void close(BlockDevice device) {
            if (device instanceof MappedDevice below) {
                below.unuse();
            }
            services.close(device);
        }

        @Override
        public void closed() {
            services.closed();
        }
    }

    private final class Context implements TargetContext {
        private final MappedDevice device;
        private final TableSpec line;
        private final boolean readOnly;
        private final DeviceSet devices;
        private final int index;

        /// Null while the target is being made.
        private volatile @Nullable TableEntry entry;

        Context(MappedDevice device, TableSpec line, int index, boolean readOnly, DeviceSet devices) {
            this.device = device;
            this.index = index;
            this.line = line;
            this.readOnly = readOnly;
            this.devices = devices;
        }

        @Override
        public long beginSector() {
            return line.startSector();
        }

        @Override
        public long lenSectors() {
            return line.lenSectors();
        }

        @Override
        public boolean readOnly() {
            return readOnly;
        }

        @Override
        public long nowNs() {
            return group.scheduler().nowNs();
        }

        @Override
        public LowerDevice getDevice(DeviceArg arg) throws TargetException {
            return devices.open(arg, readOnly);
        }

        @Override
        public Domain domain(Object key) {
            return group.domain(key);
        }

        @Override
        public void queueWork(Domain owner) {
            final TableEntry target = Objects.requireNonNull(entry, "work before the target is live");
            device.queueWork(target, (IoThread) owner);
        }

        @Override
        public void run(Domain owner, Runnable task) {
            group.runOn((IoThread) owner, task);
        }

        @Override
        public Background background(Domain owner, Background.Worker worker) {
            return group.background((IoThread) owner, worker);
        }

        @Override
        public <S> S shared(Class<S> type, Supplier<S> make) {
            return group.shared(type, make);
        }

        @Override
        public boolean await(BooleanSupplier done) {
            return group.scheduler().await(done);
        }

        @Override
        public void signal() {
            group.scheduler().signal();
        }

        @Override
        public MemorySegment survivingState(String name, long bytes) throws TargetException {
            return services.survivingState(index + "." + name, bytes);
        }

        @Override
        public <S> S service(Class<S> type) throws TargetException {
            return services.service(type);
        }

        @Override
        public void tableEvent() {
            device.event();
        }

        @Override
        public BlockingIo blockingIo() {
            return new StackedIo(group, services.blockingIo());
        }
    }
}
