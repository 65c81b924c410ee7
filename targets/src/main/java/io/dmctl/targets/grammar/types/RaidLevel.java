package io.dmctl.targets.grammar.types;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a raid type is.
///
/// @param minimalDevices as the kernel counts for delta_disks
record RaidLevel(int level, int parityDevices, int minimalDevices) {
    private static final Map<String, RaidLevel> BY_TYPE = byType();

    private static Map<String, RaidLevel> byType() {
        final Map<String, RaidLevel> levels = new LinkedHashMap<>();
        levels.put("raid0", new RaidLevel(0, 0, 2));
        levels.put("raid1", new RaidLevel(1, 0, 2));
        for (String type : List.of("raid10", "raid10_near", "raid10_offset", "raid10_far")) {
            levels.put(type, new RaidLevel(10, 0, 2));
        }
        for (String type : List.of("raid4", "raid5_n", "raid5_ls", "raid5_rs", "raid5_la", "raid5_ra")) {
            levels.put(type, new RaidLevel(5, 1, 2));
        }
        for (String layout : List.of("zr", "nr", "nc", "n_6", "ls_6", "rs_6", "la_6", "ra_6")) {
            levels.put("raid6_" + layout, new RaidLevel(6, 2, 4));
        }
        return levels;
    }

    /// All raid types.
    static String[] types() {
        return BY_TYPE.keySet().toArray(String[]::new);
    }

    /// That of a raid type, in letters of any case.
    static Optional<RaidLevel> of(String type) {
        return Optional.ofNullable(BY_TYPE.get(type.toLowerCase(Locale.ROOT)));
    }

    boolean parity() {
        return parityDevices > 0;
    }
}
