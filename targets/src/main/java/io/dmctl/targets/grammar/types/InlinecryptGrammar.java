package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_LLU;
import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.BYTES;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.When;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetException;

/// What the kernel prints as its table has one word more than what it takes: the kind of the key, behind the key.
///
/// @kernel drivers/md/dm-inlinecrypt.c `inlinecrypt_ctr` `inlinecrypt_status`
final class InlinecryptGrammar {
    private static final int MAX_KEY_BYTES = 128;
    private static final long SECTOR_BYTES = 512;
    private static final String FEATURE = "Invalid feature arguments";

    private InlinecryptGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("inlinecrypt", "encryption by the device, or by the block layer in its place")
                .source("dm-inlinecrypt.c")
                .count(5, Integer.MAX_VALUE, "Not enough arguments")
                .args(
                        Word.of("cipher", "how it is encrypted", "Unsupported cipher", "aes-xts-plain64"),
                        Word.any(
                                "key",
                                "hexadecimal, or :SIZE:logon:NAME of the kernel's keyring",
                                "Not enough arguments"),
                        new Rule("a key of at most 128 bytes", InlinecryptGrammar::key),
                        When.of(
                                "only as the kernel prints it",
                                InlinecryptGrammar::printed,
                                Numeral.shown("key_type", NONE, "1 raw, 2 wrapped by the hardware")),
                        Numeral.of("iv_offset", "added to the sector", SCAN_LLU, SECTORS, "Invalid iv_offset sector"),
                        Device.of("device", "where the data is", "Device lookup failed"),
                        Numeral.of("start", "where it begins", SCAN_LLU, SECTORS, "Invalid start sector"),
                        Maybe.of(options()),
                        new Rule("LENGTH and iv_offset are multiples of sector_size", InlinecryptGrammar::sectorSize),
                        new Rule("", line -> line.uses("device", line.number("start", 0), line.lenSectors())))
                .notChecked(
                        "that the device or the kernel can do it, with that key",
                        "Error initializing blk-crypto key",
                        "Error starting to use blk-crypto")
                .notChecked("a key of the kernel's keyring", "Malformed key string")
                .example("0 2097152 inlinecrypt aes-xts-plain64 :64:logon:disk 0 /dev/sdb 0 1 allow_discards")
                .build();
    }

    private static Options options() {
        return Options.of(
                        "feature",
                        4,
                        "Invalid number of feature args",
                        FEATURE,
                        Option.flag("allow_discards", "take discards"),
                        Option.joined(Numeral.of("sector_size", "what is encrypted together", SCAN_U, BYTES, FEATURE)
                                .range(512, 4096, "Invalid sector_size")
                                .powerOfTwo("Invalid sector_size")),
                        Option.flag("iv_large_sectors", "sectors are counted in sector_size; needed for more than 512"),
                        Option.joined(Word.of(
                                "keytype", "how the key is given", "Invalid block key type", "raw", "hw-wrapped")))
                .inThisCase();
    }

    /// A device word stands one further than it should.
    private static boolean printed(Line line) {
        return !line.checks() && line.argument(4).matches("\\d+:\\d+|/.*");
    }

    private static void key(Line line) throws TargetException {
        final String key = line.word("key");
        if (key.startsWith(":")) {
            if (!key.matches(":\\d+:.*")) {
                throw line.bad("Cannot parse key size", "key");
            }
            return;
        }
        if (key.isEmpty() || key.length() % 2 != 0 || key.length() > 2 * MAX_KEY_BYTES) {
            throw line.bad("Cannot parse key size", "key");
        }
        if (!key.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw line.bad("Malformed key string", "key");
        }
    }

    private static void sectorSize(Line line) throws TargetException {
        final long size = line.number("sector_size", SECTOR_BYTES);
        if (size != SECTOR_BYTES && !line.has("iv_large_sectors")) {
            throw line.bad("iv_large_sectors must be specified", "sector_size");
        }
        if (line.lenSectors() % (size / SECTOR_BYTES) != 0) {
            throw line.bad("Device size is not a multiple of sector_size", "sector_size");
        }
        if (line.number("iv_offset", 0) % (size / SECTOR_BYTES) != 0) {
            throw line.bad("Wrong alignment of iv_offset sector", "iv_offset");
        }
    }
}
