package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `snapshot-origin DEVICE`, without snapshots; with one it is a companion of [SnapshotRow].
public final class SnapshotOriginRow implements ParityRow {
    @Override
    public String target() {
        return "snapshot-origin";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        return List.of(
                "0 8192 snapshot-origin " + disks.path(0),
                "0 100 snapshot-origin " + disks.path(0),
                "0 100 linear " + disks.path(0) + " 4096\n100 1000 snapshot-origin " + disks.path(0));
    }

    @Override
    public List<String> badTables(Disks disks) {
        return List.of(
                "0 8192 snapshot-origin",
                "0 8192 snapshot-origin " + disks.path(0) + " 0",
                "0 8192 snapshot-origin /dev/nosuch",
                "0 8193 snapshot-origin " + disks.path(0));
    }

    @Override
    public int fuzzCount() {
        return 20;
    }
}
