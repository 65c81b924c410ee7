package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `striped STRIPES CHUNK (DEVICE OFFSET)+`
public final class StripedRow implements ParityRow {
    @Override
    public String target() {
        return "striped";
    }

    @Override
    public int disks() {
        return 3;
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0) + " ";
        final String b = disks.path(1) + " ";
        final String c = disks.path(2) + " ";
        return List.of(
                "0 16384 striped 2 64 " + a + "0 " + b + "0",
                "0 24000 striped 3 8 " + a + "0 " + b + "192 " + c + "7",
                "0 12000 striped 2 3 " + a + "2000 " + b + "11",
                "0 6000 striped 3 2000 " + c + "0 " + a + "5 " + b + "6192",
                "0 8192 striped 1 1024 " + b + "0",
                "0 1000 linear " + a + "0\n1000 4096 striped 2 16 " + b + "0 " + c + "0");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        final String ab = " " + a + " 0 " + disks.path(1) + " 0";
        return List.of(
                "0 64 striped",
                "0 64 striped 2",
                "0 64 striped x 8" + ab,
                "0 64 striped 0 8" + ab,
                "0 64 striped 2 x" + ab,
                "0 64 striped 2 0" + ab,
                "0 64 striped 2 -8" + ab,
                "0 63 striped 2 8" + ab,
                "0 72 striped 2 8" + ab,
                "0 64 striped 2 8 " + a + " 0",
                "0 64 striped 2 8" + ab + " 0",
                "0 64 striped 2 8" + ab + " " + a + " 0",
                "0 64 striped 2 8 " + a + " 0 " + a + " x",
                "0 64 striped 2 8 " + a + " 0 /dev/nosuch 0",
                "0 64 striped 2 8 " + a + " 0 " + a + " 8192",
                "0 16448 striped 2 32" + ab,
                "0 64 striped 2 4294967296" + ab);
    }
}
