package io.dmctl.targets.switching;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;
import java.util.List;

/// No flush reaches a path, as in the kernel; a discard goes to the path of its first region.
///
/// @kernel drivers/md/dm-switch.c
final class SwitchTarget implements Target {
    private final TargetLimits limits;
    private final long beginSector;
    private final long lenSectors;
    private final long regionSectors;
    private final LowerDevice[] devs;
    private final long[] startSectors;
    private final RegionTable table;

    SwitchTarget(TargetContext ti, long regionSectors, List<SwitchTargetType.Path> paths, RegionTable table) {
        this.limits = new TargetLimits(regionSectors, 0, 1, 0, false, false, false);
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.regionSectors = regionSectors;
        this.devs = paths.stream().map(SwitchTargetType.Path::dev).toArray(LowerDevice[]::new);
        this.startSectors =
                paths.stream().mapToLong(SwitchTargetType.Path::startSector).toArray();
        this.table = table;
    }

    @Override
    public TargetLimits limits() {
        return limits;
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final long offset = bio.sector() - beginSector;
        final int path = table.read(offset / regionSectors);
        bio.remap(devs[path], startSectors[path] + offset);
        return MapResult.REMAPPED;
    }

    @Override
    public String message(TargetArgs args) throws TargetException {
        if (!args.word(0).equalsIgnoreCase("set_region_mappings")) {
            throw new TargetException("Unrecognised message received.", TargetException.EINVAL, 0);
        }
        final RegionMappings mappings = new RegionMappings(table);
        for (int i = 1; i < args.count(); i++) {
            mappings.apply(args.word(i), i);
        }
        return "";
    }

    /// TABLE does not tell the mapping: a table that is loaded again begins round robin.
    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE -> {
                out.number(devs.length).text(" ").number(regionSectors).text(" 0");
                for (int i = 0; i < devs.length; i++) {
                    out.text(" ").text(devs[i].name()).text(" ").number(startSectors[i]);
                }
            }
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        for (int i = 0; i < devs.length; i++) {
            visitor.visit(devs[i], startSectors[i], lenSectors);
        }
    }
}
