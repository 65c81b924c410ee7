package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `switch PATHS REGION 0 (DEVICE OFFSET)+`
public final class SwitchRow implements ParityRow {
    @Override
    public String target() {
        return "switch";
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
                "0 8192 switch 2 64 0 " + a + "0 " + b + "0",
                "0 8000 switch 3 100 0 " + a + "0 " + b + "192 " + c + "7",
                "0 1000 switch 3 13 0 " + c + "0 " + c + "1000 " + a + "+2000",
                "0 8 switch 1 4294967295 0 " + a + "0",
                "0 4096 switch 4294967298 64 0 " + a + "0 " + b + "0");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String ab = " " + disks.path(0) + " 0 " + disks.path(1) + " 0";
        return List.of(
                "0 64 switch",
                "0 64 switch 2",
                "0 64 switch 2 8",
                "0 64 switch 0 8 0" + ab,
                "0 64 switch x 8 0" + ab,
                "0 64 switch 262142 8 0" + ab,
                "0 64 switch 262141 8 0" + ab,
                "0 64 switch 2 0 0" + ab,
                "0 64 switch 2 -8 0" + ab,
                "0 64 switch 2 8 1" + ab,
                "0 64 switch 2 8 1 x" + ab,
                "0 64 switch 3 8 0" + ab,
                "0 64 switch 2 8 0" + ab + " 0",
                "0 64 switch 1 8 0 /dev/nosuch 0",
                "0 64 switch 1 8 0 /dev/nosuch x",
                "0 64 switch 1 8 0 " + disks.path(0) + " x",
                "0 64 switch 1 8 0 " + disks.path(0) + " 18446744073709551616",
                "0 64 switch 1 8 0 " + disks.path(0) + " 8185");
    }

    @Override
    public List<String> setupMessages() {
        return List.of("set_region_mappings 0:0 :0");
    }

    /// All but the first two tables have fewer paths or regions than some of them need.
    @Override
    public List<String> messages() {
        return List.of(
                "set_region_mappings 0:1 :0 :1 R3,10",
                "SET_REGION_MAPPINGS 3:1 r2,8 :0 :0 R4,1f",
                "set_region_mappings 4a:0 :1 :1",
                "set_region_mappings 1:2 :0 R1,7 :2",
                // Not all of these is applied, and the first part is.
                "set_region_mappings 5:0 :1 :0 x",
                "set_region_mappings 9:1 R1,ffff",
                "set_region_mappings 0:1 R2,1",
                "set_region_mappings 0:9",
                "set_region_mappings",
                "set_region_mapping 0:0",
                "nothing");
    }

    @Override
    public Map<Proof, String> exempt() {
        return Map.of(Proof.T5, "it passes no flush on, in the kernel as here");
    }
}
