package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `zero`
public final class ZeroRow implements ParityRow {
    @Override
    public String target() {
        return "zero";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        return List.of("0 8192 zero", "0 1 zero", "0 100 zero\n100 200 linear " + disks.path(0) + " 0\n300 1000 zero");
    }

    @Override
    public List<String> badTables(Disks disks) {
        return List.of("0 8 zero extra", "0 0 zero", "8 8 zero", "0 8 zero\n8 8 zero 1");
    }

    @Override
    public Map<Proof, String> exempt() {
        final String why = "it keeps no bytes";
        return Map.of(Proof.T3, why, Proof.T4, why, Proof.T5, why);
    }
}
