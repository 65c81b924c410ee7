package io.dmctl.targets.spi;

/// Visits the areas of lower devices that a target uses. @kernel include/linux/device-mapper.h
/// `iterate_devices_callout_fn`
@FunctionalInterface
public interface DeviceVisitor {
    void visit(LowerDevice dev, long startSector, long lenSectors);
}
