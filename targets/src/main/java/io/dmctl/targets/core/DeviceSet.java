package io.dmctl.targets.core;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one table has open: each word once, however many lines name it. Confined to the control thread that builds
/// or destroys the table.
///
/// @kernel drivers/md/dm-table.c `dm_get_device`
final class DeviceSet implements AutoCloseable {
    private final DeviceOpener opener;
    private final Map<String, BlockDevice> opens = new LinkedHashMap<>();

    DeviceSet(DeviceOpener opener) {
        this.opener = opener;
    }

    LowerDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
        final BlockDevice known = opens.get(arg.word());
        if (known != null) {
            return known;
        }
        final BlockDevice device = opener.open(arg, readOnly);
        opens.put(arg.word(), device);
        return device;
    }

    List<LowerDevice> opened() {
        final Set<LowerDevice> distinct = new LinkedHashSet<>(opens.values());
        return new ArrayList<>(distinct).reversed();
    }

    @Override
    public void close() {
        for (BlockDevice device : List.copyOf(opens.values()).reversed()) {
            opener.close(device);
        }
        opens.clear();
        opener.closed();
    }
}
