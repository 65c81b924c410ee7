package io.dmctl.cli;

import io.dmctl.backend.client.TargetIo;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import java.util.ArrayList;
import java.util.List;

/// What the targets of a kernel device do, by a dm-stats region for each; the regions go with the device.
///
/// @kernel Documentation/admin-guide/device-mapper/statistics.rst
final class KernelTargetIo {
    /// Where the counters are in a line of `@stats_print`: range, then reads, merged, sectors, ms, the same of writes.
    private static final int READS = 1;

    private static final int SECTORS_READ = 3;
    private static final int WRITES = 5;
    private static final int SECTORS_WRITTEN = 7;

    private KernelTargetIo() {}

    /// A target and the region that counts it.
    record Region(DmStatusLine target, String id) {}

    /// Starts to count every target of the table in use.
    static List<Region> count(DmControl dm, DmId device) throws DmException {
        final List<Region> regions = new ArrayList<>();
        for (DmStatusLine line : dm.run(new DmTask.TableStatus(device, DmTask.TableStatus.Kind.TABLE, false, false))
                .lines()) {
            final String range = line.startSector() + "+" + line.lenSectors();
            regions.add(new Region(line, message(dm, device, "@stats_create " + range + " /1")));
        }
        return regions;
    }

    static List<TargetIo> read(DmControl dm, DmId device, List<Region> regions) throws DmException {
        final List<TargetIo> all = new ArrayList<>();
        for (Region region : regions) {
            final String[] w =
                    message(dm, device, "@stats_print " + region.id()).split(" ", -1);
            all.add(new TargetIo(
                    region.target().startSector(),
                    region.target().lenSectors(),
                    region.target().type(),
                    Long.parseLong(w[READS]),
                    Long.parseLong(w[SECTORS_READ]),
                    Long.parseLong(w[WRITES]),
                    Long.parseLong(w[SECTORS_WRITTEN]),
                    ""));
        }
        return all;
    }

    private static String message(DmControl dm, DmId device, String text) throws DmException {
        return dm.run(new DmTask.TargetMessage(device, 0, text)).orElse("").strip();
    }
}
