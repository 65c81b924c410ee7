package io.dmctl.targets.spi;

/// A device below a target. Opened for the table by [TargetContext#getDevice]; the table closes it when it is
/// destroyed.
public interface LowerDevice {
    /// As TABLE prints it: `major:minor` of a block device, the escaped absolute path of a file, `/dev/mapper/NAME` of
    /// a device of ours.
    String name();

    long sizeSectors();

    QueueLimits limits();
}
