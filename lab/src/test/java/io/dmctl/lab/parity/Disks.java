package io.dmctl.lab.parity;

import java.util.List;

/// What a row's tables stand on, by path: the kernel's side and ours have disks and companions of their own, alike in
/// size and content.
///
/// @param paths the disks, such as `/dev/mapper/parity_k_0_dmctl_test_delme`
/// @param sectors of each disk
/// @param side `k` for the kernel's, `j` for ours
public record Disks(List<String> paths, long sectors, String side) {
    public Disks {
        paths = List.copyOf(paths);
    }

    /// Disk `i`, counted from 0.
    public String path(int i) {
        return paths.get(i);
    }

    /// A [Companion] by its name.
    public String companion(String name) {
        return "/dev/mapper/" + deviceName(name);
    }

    String deviceName(String name) {
        return "parity_" + side + "_" + name + "_dmctl_test_delme";
    }
}
