package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.KSTRTOULL;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.spi.TargetException;

/// @kernel drivers/md/dm-thin.c `thin_ctr` `thin_status`
final class ThinGrammar {
    private static final long MAX_DEV_ID = (1 << 24) - 1;

    private ThinGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("thin", "a device whose blocks come from a pool when they are written")
                .source("dm-thin.c")
                .count(2, 3, "Invalid argument count")
                .args(
                        Device.of("pool", "the thin-pool", "Error opening pool device"),
                        Numeral.of("device_id", "as in create_thin", KSTRTOULL, NONE, "Invalid device id")
                                .range(0, MAX_DEV_ID),
                        Maybe.of(Device.of(
                                "external_origin",
                                "read for blocks that were never written",
                                "Error opening origin device")),
                        new Rule("pool and external origin are two devices", ThinGrammar::twoDevices))
                .order(3, 2, 0, 1)
                .status(
                        Numeral.shown("mapped", SECTORS, "of blocks that were written"),
                        Numeral.shown("highest_mapped", SECTORS, "the last of them")
                                .or("-"))
                .state("Fail", "the pool has failed: no I/O")
                .state("-", "not in use yet")
                .state("Error", "the metadata could not be read")
                .notChecked(
                        "that the pool is a thin-pool in use",
                        "Couldn't get pool mapped device",
                        "Couldn't find pool object",
                        "Unable to activate thin device while pool is suspended",
                        "Couldn't open thin device, Pool is in fail mode")
                .notChecked("that the pool has a device of this id", "Couldn't open thin internal device")
                .example("0 2097152 thin /dev/mapper/pool 1")
                .build();
    }

    private static void twoDevices(Line line) throws TargetException {
        if (line.argument(0).equals(line.argument(2))) {
            throw new TargetException("Error setting origin device", TargetException.EINVAL, 2);
        }
    }
}
