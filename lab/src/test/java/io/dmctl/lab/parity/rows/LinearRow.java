package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `linear DEVICE START`
public final class LinearRow implements ParityRow {
    @Override
    public String target() {
        return "linear";
    }

    @Override
    public int disks() {
        return 2;
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0);
        final String b = disks.path(1);
        return List.of(
                "0 8192 linear " + a + " 0",
                "0 1 linear " + a + " 8191",
                "0 4093 linear " + a + " 3",
                "0 1000 linear " + a + " 7000\n1000 8000 linear " + b + " 100\n9000 1 linear " + a + " 6999");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8 linear",
                "0 8 linear " + a,
                "0 8 linear " + a + " 0 0",
                "0 8 linear " + a + " x",
                "0 8 linear " + a + " -1",
                "0 8 linear " + a + " 8x",
                "0 8 linear /dev/nosuch 0",
                "0 8 linear /dev/null 0",
                "0 8 linear " + a + " 8185",
                "0 8193 linear " + a + " 0",
                "0 8 linear " + a + " 18446744073709551615",
                "0 8 linear " + a + " 18446744073709551616",
                "0 0 linear " + a + " 0",
                "8 8 linear " + a + " 0",
                "0 8 linear " + a + " 0\n16 8 linear " + a + " 16");
    }
}
