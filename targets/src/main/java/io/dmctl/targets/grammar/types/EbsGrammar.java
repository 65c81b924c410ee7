package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_HU;
import static io.dmctl.targets.grammar.NumberForm.SCAN_LLU;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.spi.TargetException;

/// @kernel drivers/md/dm-ebs-target.c `ebs_ctr` `ebs_status`
final class EbsGrammar {
    /// Of 4096 bytes.
    private static final long PAGE_SECTORS = 8;

    private static final String OFFSET = "Invalid device offset sector";

    private EbsGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("ebs", "a device whose blocks are smaller than those of the device below")
                .source("dm-ebs-target.c")
                .count(3, 4, "Invalid argument count")
                .args(
                        Device.of("device", "the device below", "Device lookup failed"),
                        Numeral.of("offset", "where it begins", SCAN_LLU, SECTORS, OFFSET),
                        Numeral.of(
                                        "emulated_block_size",
                                        "what is offered",
                                        SCAN_HU,
                                        SECTORS,
                                        "Invalid emulated block size")
                                .range(1, PAGE_SECTORS)
                                .powerOfTwo(),
                        Maybe.of(Numeral.of(
                                        "underlying_block_size",
                                        "of the device below; as it says when not given",
                                        SCAN_HU,
                                        SECTORS,
                                        "Invalid underlying block size")
                                .range(1, 0xffff)
                                .powerOfTwo()),
                        new Rule("the offset is below LENGTH", EbsGrammar::offset),
                        new Rule("the offset is a multiple of the underlying block size", EbsGrammar::aligned),
                        new Rule("", line -> line.uses("device", line.number("offset", 0), line.lenSectors())))
                .order(1, 4, 2, 3, 0, 5, 6)
                .notChecked(
                        "the device's own logical block size",
                        "Invalid retrieved underlying block size",
                        "Device offset must be multiple of underlying block size",
                        "Cannot create dm bufio client")
                .example("0 2097152 ebs /dev/sdb 0 1 8")
                .build();
    }

    private static void offset(Line line) throws TargetException {
        if (Long.compareUnsigned(line.number("offset", 0), line.lenSectors()) >= 0) {
            throw line.bad(OFFSET, "offset");
        }
    }

    private static void aligned(Line line) throws TargetException {
        if (Long.remainderUnsigned(line.number("offset", 0), line.number("underlying_block_size", 1)) != 0) {
            throw line.bad("Device offset must be multiple of underlying block size", "offset");
        }
    }
}
