package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.ReqOp;

/// What a device was asked for; flags are bits of [io.dmctl.targets.spi.BioFlags].
public record DeviceOp(ReqOp op, int flags, long sector, int sectors) {}
