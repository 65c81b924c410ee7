package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `unstriped STRIPES CHUNK STRIPE DEVICE OFFSET`
public final class UnstripedRow implements ParityRow {
    @Override
    public String target() {
        return "unstriped";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 4096 unstriped 2 64 1 " + a + " 0",
                "0 2720 unstriped 3 8 0 " + a + " 5",
                "0 1200 unstriped 4 3 3 " + a + " 100",
                "0 8192 unstriped 1 1024 0 " + a + " 0",
                "0 500 linear " + a + " 0\n500 1000 unstriped 2 10 1 " + a + " 600\n1500 8 linear " + a + " 8000");
    }

    /// What is accepted but lies past the end of its device only loads.
    @Override
    public List<String> badTables(Disks disks) {
        final String a = " " + disks.path(0);
        return List.of(
                "0 64 unstriped",
                "0 64 unstriped 2 8 0" + a,
                "0 64 unstriped 2 8 0" + a + " 0 0",
                "0 64 unstriped 0 8 0" + a + " 0",
                "0 64 unstriped x 8 0" + a + " 0",
                "0 64 unstriped 2 0 0" + a + " 0",
                "0 64 unstriped 2 -8 0" + a + " 0",
                "0 64 unstriped 2 8 x" + a + " 0",
                "0 64 unstriped 2 8 3" + a + " 0",
                "0 64 unstriped 2 8 0 /dev/nosuch 0",
                "0 64 unstriped 2 8 0" + a + " x",
                "0 64 unstriped 2 8 0" + a + " +0",
                "0 63 unstriped 2 8 0" + a + " 0",
                "0 64 unstriped 2 8 0" + a + " 8185",
                "0 64 unstriped 2 4294967296 0" + a + " 0");
    }

    @Override
    public Map<Proof, String> exempt() {
        return Map.of(Proof.T5, "it passes no flush on, in the kernel as here");
    }
}
