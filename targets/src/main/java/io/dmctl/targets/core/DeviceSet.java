package io.dmctl.targets.core;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What one table has open. Confined to the control thread that builds or destroys the table.
final class DeviceSet implements AutoCloseable {
    private final DeviceOpener opener;
    private final List<BlockDevice> opens = new ArrayList<>();

    DeviceSet(DeviceOpener opener) {
        this.opener = opener;
    }

    LowerDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
        final BlockDevice device = opener.open(arg, readOnly);
        opens.add(device);
        return device;
    }

    List<LowerDevice> opened() {
        final Set<LowerDevice> distinct = new LinkedHashSet<>(opens);
        return new ArrayList<>(distinct).reversed();
    }

    @Override
    public void close() {
        for (BlockDevice device : opens.reversed()) {
            opener.close(device);
        }
        opens.clear();
        opener.closed();
    }
}
