package io.dmctl.targets.core;

import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.TargetFeature;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A table whose targets are constructed: inactive until it is swapped in. Owns its targets; what it opened is closed
/// by the `devices`
/// callback after them.
///
/// @kernel drivers/md/dm-table.c `struct dm_table`
public final class LiveTable implements AutoCloseable {
    private static final Object[] NOTHING = {};

    final TableEntry[] entries;
    private final boolean readOnly;
    private final DeviceSet devices;

    /// One flush a device, past the targets, when all of them allow it; else null.
    BlockDevice @Nullable [] flushDevices;

    private boolean deviceWriteZeroes;

    /// 0: the table takes no discards.
    private int maxDiscardSectors;

    private long discardGranularitySectors = 1;
    private int maxWriteZeroesSectors = QueueLimits.UNLIMITED;

    LiveTable(List<TableEntry> entries, boolean readOnly, DeviceSet devices) {
        this.entries = entries.toArray(new TableEntry[0]);
        this.readOnly = readOnly;
        this.devices = devices;
        readLimits();
    }

    /// Reads what the targets say of splitting again: at load and at each resume.
    void readLimits() {
        boolean bypass = true;
        for (TableEntry entry : entries) {
            entry.limits = entry.target.limits();
            bypass &= entry.limits.flushBypassesMap();
        }
        final Set<LowerDevice> distinct = distinctDevices();
        flushDevices = bypass ? distinct.stream().map(BlockDevice.class::cast).toArray(BlockDevice[]::new) : null;
        deviceWriteZeroes = distinct.stream().allMatch(d -> d.limits().maxWriteZeroesSectors() != 0);
    }

    /// The longest time, in milliseconds, for which one of its targets keeps a bio.
    public long holdsMs() {
        long longest = 0;
        for (TableEntry entry : entries) {
            longest = Math.max(longest, entry.target.holdsMs());
        }
        return longest;
    }

    private Set<LowerDevice> distinctDevices() {
        final Set<LowerDevice> distinct = new LinkedHashSet<>();
        iterateDevices((dev, start, len) -> distinct.add(dev));
        return distinct;
    }

    /// The target that covers `sector`, or null past the end.
    @HotPath
    @Nullable
    TableEntry find(long sector) {
        int low = 0;
        int high = entries.length - 1;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            final TableEntry entry = entries[mid];
            if (sector < entry.beginSector) {
                high = mid - 1;
            } else if (sector >= entry.endSector()) {
                low = mid + 1;
            } else {
                return entry;
            }
        }
        return null;
    }

    /// The mapped device's limits, from which discards and write zeroes are cut; before the table goes live.
    void setLimits(QueueLimits limits) {
        maxDiscardSectors = limits.maxDiscardSectors();
        discardGranularitySectors = Math.max(1, limits.discardGranularity() >> 9);
        maxWriteZeroesSectors = limits.maxWriteZeroesSectors();
    }

    /// How much of `sectors` from `sector` one DISCARD takes, 0 for none; a cut lies on a multiple of the granularity.
    /// @kernel block/blk-merge.c `bio_split_discard`
    @HotPath
    long discardSectors(long sector, long sectors) {
        final int max = maxDiscardSectors;
        if (sectors <= max || max == 0) {
            return max == 0 ? 0 : sectors;
        }
        final long past = (sector + max) % discardGranularitySectors;
        return past < max ? max - past : max;
    }

    @HotPath
    long writeZeroesSectors(long sectors) {
        return Math.min(sectors, maxWriteZeroesSectors);
    }

    /// How many WRITE_ZEROES bios `entry` gets: 0 where one of the table's targets or devices cannot do it.
    @HotPath
    int writeZeroesBios(TableEntry entry) {
        return deviceWriteZeroes && maxWriteZeroesSectors > 0 ? entry.limits.numWriteZeroesBios() : 0;
    }

    public int targetCount() {
        return entries.length;
    }

    public boolean readOnly() {
        return readOnly;
    }

    public long sizeSectors() {
        return entries[entries.length - 1].endSector();
    }

    /// Does the whole table pass discards down? @kernel drivers/md/dm-table.c `dm_table_supports_discards`
    public boolean supportsDiscard() {
        for (TableEntry entry : entries) {
            if (entry.limits.numDiscardBios() == 0) {
                return false;
            }
            if (!entry.limits.discardsSupported()) {
                final boolean[] all = {true};
                entry.target.iterateDevices(
                        (dev, start, len) -> all[0] &= dev.limits().maxDiscardSectors() != 0);
                if (!all[0]) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Calculates the limits of the mapped device, and checks the areas of its devices.
    ///
    /// @throws TableException when an area is past a device's end or not aligned to its blocks
    public QueueLimits calculateLimits() throws TableException {
        return TableLimits.calculate(this);
    }

    /// The limits when this table follows one that had `before`: one without devices keeps them.
    /// @kernel drivers/md/dm.c `dm_swap_table`
    ///
    /// @throws TableException as [#calculateLimits]
    QueueLimits limitsAfter(QueueLimits before) throws TableException {
        return distinctDevices().isEmpty() ? TableLimits.restrict(before.toBuilder(), this) : calculateLimits();
    }

    public void iterateDevices(DeviceVisitor visitor) {
        for (TableEntry entry : entries) {
            entry.target.iterateDevices(visitor);
        }
    }

    /// For each target its state for each of `bios` bios, made anew; an empty array for a target without.
    public Object[][] makePerIo(int bios) {
        final Object[][] all = new Object[entries.length][];
        for (TableEntry entry : entries) {
            final Object first = entry.target.newPerIo();
            final Object[] of = first == null ? NOTHING : new Object[bios];
            for (int i = 0; i < of.length; i++) {
                of[i] = i == 0 ? Objects.requireNonNull(first) : Objects.requireNonNull(entry.target.newPerIo());
            }
            all[entry.index] = of;
        }
        return all;
    }

    /// One line of status for each target.
    public List<TargetStatus> status(StatusType type, boolean noflush) {
        final List<TargetStatus> lines = new ArrayList<>();
        for (TableEntry entry : entries) {
            final StatusSink sink = new StatusSink();
            entry.target.status(sink, type, noflush);
            lines.add(new TargetStatus(entry.beginSector, entry.lenSectors, entry.type.name(), sink.toByteArray()));
        }
        return lines;
    }

    /// The target type that no table of another type may replace, or null.
    public @Nullable String immutableType() {
        for (TableEntry entry : entries) {
            if (entry.type.features().contains(TargetFeature.IMMUTABLE)) {
                return entry.type.name();
            }
        }
        return null;
    }

    /// May it replace an immutable table? One such target is enough.
    /// @kernel drivers/md/dm-table.c `dm_table_get_wildcard_target`
    boolean hasWildcard() {
        for (TableEntry entry : entries) {
            if (entry.type.features().contains(TargetFeature.WILDCARD)) {
                return true;
            }
        }
        return false;
    }

    /// The devices that this table opened, each once, the newest first, as the kernel lists them.
    public List<LowerDevice> devices() {
        return devices.opened();
    }

    /// Destroys the targets, then closes their devices.
    @Override
    public void close() {
        for (TableEntry entry : entries) {
            entry.closed = true;
            entry.target.close();
        }
        devices.close();
    }
}
