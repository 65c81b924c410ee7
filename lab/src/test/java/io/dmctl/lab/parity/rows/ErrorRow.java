package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `error [DEVICE START]`
public final class ErrorRow implements ParityRow {
    @Override
    public String target() {
        return "error";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8192 error",
                "0 8192 error " + a + " 0",
                "0 8 error one two three",
                "0 500 linear " + a + " 0\n500 100 error\n600 500 linear " + a + " 600");
    }

    @Override
    public List<String> badTables(Disks disks) {
        return List.of(
                "0 0 error",
                "8 8 error",
                "0 8 error /dev/nosuch 0",
                "0 8 error " + disks.path(0) + " x",
                "0 8193 error " + disks.path(0) + " 0");
    }

    @Override
    public Map<Proof, String> exempt() {
        final String why = "it keeps no bytes";
        return Map.of(Proof.T3, why, Proof.T4, why, Proof.T5, why);
    }
}
