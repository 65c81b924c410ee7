package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `snapshot-merge ORIGIN COW P|PO CHUNK [#FEATURES FEATURE...]`, over stores without exceptions; merges themselves are
/// proved by SnapshotLabIT. As to `discard_zeroes_cow` see [SnapshotRow].
public final class SnapshotMergeRow implements ParityRow {
    @Override
    public String target() {
        return "snapshot-merge";
    }

    @Override
    public int disks() {
        return 2;
    }

    @Override
    public boolean startsBlank(int disk) {
        return disk == 1;
    }

    private static String line(Disks disks) {
        return "0 8192 snapshot-merge " + disks.path(0) + " " + disks.path(1);
    }

    @Override
    public List<String> goodTables(Disks disks) {
        return List.of(line(disks) + " P 16", line(disks) + " PO 8", line(disks) + " P 0 0 more");
    }

    @Override
    public List<String> badTables(Disks disks) {
        return List.of(
                "0 8192 snapshot-merge",
                line(disks) + " P",
                line(disks) + " N 16",
                line(disks) + " P 3",
                line(disks) + " P 16 1 x");
    }

    @Override
    public boolean mayFuzz(String table) {
        return SnapshotRow.harmless(table);
    }

    /// See [SnapshotRow#tableReloads()].
    @Override
    public boolean tableReloads() {
        return false;
    }

    @Override
    public int fuzzCount() {
        return 30;
    }

    @Override
    public List<String> mapTables(Disks disks) {
        return List.of(line(disks) + " P 16");
    }

    @Override
    public OpMix ops() {
        return OpMix.ALL.sizes(1, 256);
    }

    @Override
    public Map<Proof, String> exempt() {
        return Map.of(Proof.T7, "neither engine takes a second merge of the origin while one is there");
    }
}
