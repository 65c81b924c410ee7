package io.dmctl.targets.verity;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.verity.tree.FecLayout;

/// Where the parity lies: from block `startBlock` of `dev`.
record FecParams(LowerDevice dev, long startBlock, FecLayout layout) {}
