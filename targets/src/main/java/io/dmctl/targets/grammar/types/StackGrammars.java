package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.Unit.BLOCKS;
import static io.dmctl.targets.grammar.Unit.BYTES;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.REGIONS;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.When;
import io.dmctl.targets.grammar.Word;

/// Targets with state on a disk or in a key. Their constructors are ours, and judge a table; these are for the reader.
final class StackGrammars {
    private StackGrammars() {}

    /// @kernel drivers/md/dm-raid1.c, drivers/md/dm-log.c
    static TargetGrammar mirror() {
        return TargetGrammar.of("mirror", "writes go to several devices")
                .source("dm-raid1.c")
                .args(
                        Word.of("log_type", "where is kept what is in sync", "no log", "core", "disk", "userspace"),
                        Options.of(
                                        "log_argument",
                                        64,
                                        "no number",
                                        "no such option",
                                        Option.flag("sync", "all is in sync"),
                                        Option.flag("nosync", "nothing is, and need not be"))
                                .after(
                                        diskLog(SimpleGrammars.device("log_device", "where the log is")),
                                        SimpleGrammars.sectors("region_size", "of what is in sync together")
                                                .powerOfTwo()),
                        Numeral.shown("mirrors", NONE, "how many devices").range(2, 9),
                        Repeat.times(
                                "mirrors",
                                "mirror",
                                "the devices",
                                SimpleGrammars.device("device", "one of them"),
                                SimpleGrammars.sectors("offset", "where it begins")),
                        Maybe.of(Options.of(
                                "feature",
                                2,
                                "no number",
                                "no such option",
                                Option.flag("handle_errors", "a write that failed waits, or fails"),
                                Option.flag("keep_log", "with it: an error of the log blocks writes"))))
                .status(
                        Numeral.shown("mirrors", NONE, "how many devices"),
                        Repeat.times(
                                "mirrors",
                                "mirror_devices",
                                "the devices",
                                SimpleGrammars.device("device", "one of them")),
                        Pair.of("synced", "total", REGIONS, "in sync"),
                        Numeral.shown("health_words", NONE, "1"),
                        Word.shown(
                                "health",
                                "of each device: A alive, D write error, S sync error, R read error, F flush error, "
                                        + "U unknown"),
                        Numeral.shown("log_words", NONE, "how many follow"),
                        Word.shown("log_type", "where is kept what is in sync", "core", "disk", "userspace"),
                        diskLog(
                                SimpleGrammars.device("log_device", "where the log is"),
                                Word.shown("log_health", "A alive, D write error, F flush error", "A", "D", "F")))
                .example("0 2097152 mirror core 1 1024 2 /dev/sdb 0 /dev/sdc 0 1 handle_errors")
                .build();
    }

    private static Arg diskLog(Arg... args) {
        return When.of("disk", line -> line.word("log_type").equals("disk"), args);
    }

    /// @kernel drivers/md/dm-snap.c
    static TargetGrammar snapshot(String name, String summary) {
        return TargetGrammar.of(name, summary)
                .source("dm-snap.c")
                .args(
                        SimpleGrammars.device("origin", "the device that the snapshot is of"),
                        SimpleGrammars.device("cow", "where chunks are copied to"),
                        Word.shown("type", "P kept on the disk, PO also when it overflows, N in memory", "P", "PO", "N")
                                .inAnyCase(),
                        SimpleGrammars.sectors("chunk_size", "of what is copied together")
                                .powerOfTwo(),
                        Maybe.of(Options.of(
                                "feature",
                                2,
                                "no number",
                                "no such option",
                                Option.flag("discard_zeroes_cow", "a discard zeroes the copy"),
                                Option.flag("discard_passdown_origin", "and goes to the origin"))))
                .status(
                        Pair.of("used", "total", SECTORS, "of the COW device"),
                        SimpleGrammars.sectors("metadata", "of those for exceptions"))
                .state("Invalid", "no room was left, or an error: no I/O")
                .state("Overflow", "no room is left: no writes")
                .state("Merge failed", "a merge had an error")
                .state("Unknown", "not in use yet")
                .example("0 2097152 " + name + " /dev/sdb /dev/sdc P 16")
                .build();
    }

    /// @kernel drivers/md/dm-snap.c
    static TargetGrammar snapshotOrigin() {
        return TargetGrammar.of("snapshot-origin", "a device that snapshots are of")
                .source("dm-snap.c")
                .args(SimpleGrammars.device("origin", "what is read and written"))
                .example("0 2097152 snapshot-origin /dev/sdb")
                .build();
    }

    /// @kernel drivers/md/dm-crypt.c
    static TargetGrammar crypt() {
        return TargetGrammar.of("crypt", "what is written is encrypted")
                .source("dm-crypt.c")
                .args(
                        Word.shown("cipher", "CIPHER-MODE-IV"),
                        Word.shown("key", "hexadecimal, - for none, or :SIZE:TYPE:NAME of the kernel's keyring"),
                        SimpleGrammars.sectors("iv_offset", "added to the sector"),
                        SimpleGrammars.device("device", "where the data is"),
                        SimpleGrammars.sectors("offset", "where it begins"),
                        Maybe.of(Options.of(
                                "feature",
                                9,
                                "no number",
                                "no such option",
                                Option.flag("allow_discards", "take discards"),
                                Option.flag("same_cpu_crypt", "encrypt where the request came"),
                                Option.flag("high_priority", "of the work"),
                                Option.flag("submit_from_crypt_cpus", "write from where it was encrypted"),
                                Option.flag("no_read_workqueue", "decrypt at once"),
                                Option.flag("no_write_workqueue", "encrypt at once"),
                                Option.joined(Word.shown("integrity", "BYTES:aead or BYTES:none of a tag")),
                                Option.joined(Numeral.shown("integrity_key_size", BYTES, "of the key of the tags")),
                                Option.joined(Numeral.shown("sector_size", BYTES, "of what is encrypted together")),
                                Option.flag("iv_large_sectors", "sectors are counted in sector_size"))))
                .message("key set KEY", "take a key again, while suspended")
                .message("key wipe", "forget the key, while suspended")
                .example("0 2097152 crypt aes-xts-plain64 " + "5c".repeat(32) + " 0 /dev/sdb 0 1 allow_discards")
                .build();
    }

    /// @kernel drivers/md/dm-verity-target.c
    static TargetGrammar verity() {
        return TargetGrammar.of("verity", "a read-only device whose every block is checked")
                .source("dm-verity-target.c")
                .args(
                        Numeral.shown("version", NONE, "of the format, 0 or 1"),
                        SimpleGrammars.device("data", "the blocks"),
                        SimpleGrammars.device("hash", "the tree of digests"),
                        Numeral.shown("data_block_size", BYTES, "of a block").powerOfTwo(),
                        Numeral.shown("hash_block_size", BYTES, "of a block of the tree")
                                .powerOfTwo(),
                        Numeral.shown("data_blocks", BLOCKS, "of the data"),
                        Numeral.shown("hash_start", BLOCKS, "where the tree begins"),
                        Word.shown("algorithm", "of the digests"),
                        Word.shown("root_digest", "hexadecimal"),
                        Word.shown("salt", "hexadecimal, - for none"),
                        Maybe.of(verityOptions()))
                .status(
                        Word.shown("state", "V all was right, C corruption was found", "V", "C"),
                        Numeral.shown("corrected", BLOCKS, "by parity; - without it")
                                .or("-"))
                .example("0 8192 verity 1 /dev/sdb /dev/sdc 4096 4096 1024 1 sha256 " + "5c".repeat(32) + " -")
                .build();
    }

    private static Options verityOptions() {
        return Options.of(
                "feature",
                64,
                "no number",
                "no such option",
                Option.flag("ignore_corruption", "a wrong block is logged only"),
                Option.flag("restart_on_corruption", "a wrong block restarts the machine"),
                Option.flag("panic_on_corruption", "a wrong block stops the machine"),
                Option.flag("restart_on_error", "an I/O error restarts the machine"),
                Option.flag("panic_on_error", "an I/O error stops the machine"),
                Option.flag("ignore_zero_blocks", "blocks of zeros are not read"),
                Option.flag("check_at_most_once", "each block is checked once"),
                Option.flag("try_verify_in_tasklet", "check early"),
                Option.with(SimpleGrammars.device("use_fec_from_device", "parity")),
                Option.with(Numeral.shown("fec_roots", BYTES, "of parity in a codeword")),
                Option.with(Numeral.shown("fec_blocks", BLOCKS, "that the parity covers")),
                Option.with(Numeral.shown("fec_start", BLOCKS, "where the parity begins")),
                Option.with(Word.shown("root_hash_sig_key_desc", "key of the signature")));
    }
}
