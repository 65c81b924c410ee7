package io.dmctl.cli;

import java.util.List;

/// The example tables, scaled to 512 MiB; `A`, `B` and `C` stand for the devices.
///
/// The third one of the examples, a mirror, comes with that target.
record QuickstartTable(String name, String text) {
    /// 512 MiB.
    static final long SECTORS = 1048576;

    static final List<QuickstartTable> ALL = List.of(
            // 0 1024 linear /dev/sda 204, 1024 512 linear /dev/sdb 766, 1536 128 linear /dev/sdc 0: times 630, the last
            // one to the end
            new QuickstartTable(
                    "linear", "0 645120 linear A 128520\n645120 322560 linear B 482580\n967680 80896 linear C 0"),
            // 0 2048 striped 2 64 /dev/sda 1024 /dev/sdb 0
            new QuickstartTable("striped", "0 1048576 striped 2 64 A 1024 B 0"));

    /// The table over these devices.
    String over(List<String> devices) {
        return text.replace("A", devices.get(0)).replace("B", devices.get(1)).replace("C", devices.get(2));
    }
}
