package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `delay DEVICE OFFSET DELAY [DEVICE OFFSET DELAY [DEVICE OFFSET DELAY]]`
public final class DelayRow implements ParityRow {
    @Override
    public String target() {
        return "delay";
    }

    @Override
    public int disks() {
        return 3;
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0);
        final String b = disks.path(1);
        final String c = disks.path(2);
        return List.of(
                "0 8192 delay " + a + " 0 0",
                "0 4093 delay " + a + " 3 2",
                "0 4000 delay " + a + " 0 1 " + b + " 100 3",
                "0 4000 delay " + a + " 7 0 " + b + " 9 2 " + c + " 11 5",
                "0 1000 linear " + a + " 0\n1000 1000 delay " + b + " 1 60");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8 delay",
                "0 8 delay " + a + " 0",
                "0 8 delay " + a + " 0 1 " + a + " 0",
                "0 8 delay " + a + " 0 1 " + a + " 0 1 " + a + " 0 1 " + a + " 0 1",
                "0 8 delay " + a + " x 1",
                "0 8 delay " + a + " 0 x",
                "0 8 delay " + a + " 0 +1",
                "0 8 delay " + a + " 0 -1",
                "0 8 delay /dev/nosuch 0 1",
                "0 8 delay /dev/nosuch 0 x",
                "0 8 delay " + a + " 0 1 /dev/nosuch 0 1",
                "0 8 delay " + a + " 0 1 " + a + " x 1",
                "0 8 delay " + a + " 0 1 " + a + " 0 1 " + a + " 0 x",
                "0 8 delay " + a + " 8185 1",
                "0 8 delay " + a + " 0 1 " + a + " 8185 1",
                "0 8 delay " + a + " 0 1 " + a + " 0 1 " + a + " 8185 1");
    }

    @Override
    public OpMix ops() {
        return OpMix.ALL.count(80);
    }
}
