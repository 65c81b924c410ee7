package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.Unit.BYTES;
import static io.dmctl.targets.grammar.Unit.MILLISECONDS;
import static io.dmctl.targets.grammar.Unit.NONE;
import static io.dmctl.targets.grammar.Unit.SECONDS;
import static io.dmctl.targets.grammar.Unit.SECTORS;

import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Word;

/// Targets without state on a disk. Their constructors are ours, and judge a table; these are for the reader.
final class SimpleGrammars {
    private SimpleGrammars() {}

    static Device device(String name, String about) {
        return Device.of(name, about, "no device");
    }

    static Numeral sectors(String name, String about) {
        return Numeral.shown(name, SECTORS, about);
    }

    /// @kernel drivers/md/dm-linear.c
    static TargetGrammar linear() {
        return TargetGrammar.of("linear", "a range of one device")
                .source("dm-linear.c")
                .args(device("device", "what is read and written"), sectors("offset", "where the range begins"))
                .example("0 2097152 linear /dev/sdb 2048")
                .build();
    }

    /// @kernel drivers/md/dm-zero.c
    static TargetGrammar zero() {
        return TargetGrammar.of("zero", "reads zeros, and takes writes")
                .source("dm-zero.c")
                .example("0 2097152 zero")
                .build();
    }

    /// @kernel drivers/md/dm-target.c
    static TargetGrammar error() {
        return TargetGrammar.of("error", "fails all I/O")
                .source("dm-target.c")
                .args(Maybe.of(
                        device("device", "whose limits it has; nothing is read"), sectors("offset", "no meaning")))
                .example("0 2097152 error")
                .build();
    }

    static TargetGrammar nothing() {
        return TargetGrammar.of("null", "does nothing, for measurements")
                .example("0 2097152 null")
                .build();
    }

    static TargetGrammar trace() {
        return TargetGrammar.of("trace", "records each request to a device")
                .args(
                        device("device", "what is read and written"),
                        sectors("offset", "where the range begins"),
                        Maybe.of(Options.of(
                                "feature",
                                1,
                                "no number",
                                "no such option",
                                Option.joined(
                                        Numeral.shown("buffer_entries", NONE, "records of each I/O thread (4096)")))))
                .status(
                        Numeral.shown("reads", NONE, "requests"),
                        Numeral.shown("writes", NONE, "requests"),
                        Numeral.shown("flushes", NONE, "requests"),
                        Numeral.shown("discards", NONE, "requests"),
                        Numeral.shown("write_zeroes", NONE, "requests"),
                        Numeral.shown("lost", NONE, "records that were overwritten before they were read"))
                .message("read [COUNT]", "take the oldest records")
                .message("clear", "forget all records")
                .example("0 2097152 trace /dev/sdb 0 1 buffer_entries:65536")
                .build();
    }

    /// @kernel drivers/md/dm-stripe.c
    static TargetGrammar striped() {
        return TargetGrammar.of("striped", "chunks go round over several devices")
                .source("dm-stripe.c")
                .args(
                        Numeral.shown("stripes", NONE, "how many devices").range(1, 0xffff_ffffL),
                        sectors("chunk_size", "of what lies on one device together")
                                .range(1, 0x7fff_ffffL),
                        Repeat.times(
                                "stripes",
                                "stripe",
                                "the devices",
                                device("device", "one of them"),
                                sectors("offset", "where its stripe begins")))
                .status(
                        Numeral.shown("stripes", NONE, "how many devices"),
                        Repeat.times("stripes", "stripe_devices", "the devices", device("device", "one of them")),
                        Numeral.shown("health_words", NONE, "1"),
                        Word.shown("health", "of each device: A no error yet, D I/O failed"))
                .example("0 2097152 striped 2 128 /dev/sdb 0 /dev/sdc 0")
                .build();
    }

    /// @kernel drivers/md/dm-unstripe.c
    static TargetGrammar unstriped() {
        return TargetGrammar.of("unstriped", "one stripe of a striped device")
                .source("dm-unstripe.c")
                .args(
                        Numeral.shown("stripes", NONE, "how many the device has"),
                        sectors("chunk_size", "of what lies together"),
                        Numeral.shown("stripe", NONE, "which one, from 0"),
                        device("device", "the striped one"),
                        sectors("offset", "where the stripes begin"))
                .example("0 1048576 unstriped 2 128 0 /dev/sdb 0")
                .build();
    }

    /// @kernel drivers/md/dm-switch.c
    static TargetGrammar switching() {
        return TargetGrammar.of("switch", "each region goes to the path that a map says")
                .source("dm-switch.c")
                .args(
                        Numeral.shown("paths", NONE, "how many"),
                        sectors("region_size", "of what goes to one path"),
                        Options.words("option", 0, "no number"),
                        Repeat.times(
                                "paths",
                                "path",
                                "the devices",
                                device("device", "one of them"),
                                sectors("offset", "where it begins")))
                .message("set_region_mappings INDEX:PATH|:PATH|RLENGTH,COUNT...", "map regions; hexadecimal")
                .example("0 2097152 switch 2 1024 0 /dev/sdb 0 /dev/sdc 0")
                .build();
    }

    /// @kernel drivers/md/dm-delay.c
    static TargetGrammar delay() {
        return TargetGrammar.of("delay", "I/O waits")
                .source("dm-delay.c")
                .args(
                        device("read_device", "for reads, and what is not given below"),
                        sectors("read_offset", "where it begins"),
                        Numeral.shown("read_delay", MILLISECONDS, "how long a read waits"),
                        Maybe.of(
                                device("write_device", "for writes and flushes"),
                                sectors("write_offset", "where it begins"),
                                Numeral.shown("write_delay", MILLISECONDS, "how long a write waits"),
                                Maybe.of(
                                        device("flush_device", "for flushes"),
                                        sectors("flush_offset", "where it begins"),
                                        Numeral.shown("flush_delay", MILLISECONDS, "how long a flush waits"))))
                .status(
                        Numeral.shown("reads", NONE, "that wait"),
                        Numeral.shown("writes", NONE, "that wait"),
                        Numeral.shown("flushes", NONE, "that wait"))
                .example("0 2097152 delay /dev/sdb 0 100")
                .build();
    }

    /// @kernel drivers/md/dm-flakey.c
    static TargetGrammar flakey() {
        return TargetGrammar.of("flakey", "a device that fails from time to time")
                .source("dm-flakey.c")
                .args(
                        device("device", "what is read and written"),
                        sectors("offset", "where the range begins"),
                        Numeral.shown("up_interval", SECONDS, "it works for so long"),
                        Numeral.shown("down_interval", SECONDS, "it fails for so long"),
                        Maybe.of(flakeyFeatures()))
                .example("0 2097152 flakey /dev/sdb 0 60 10 1 drop_writes")
                .build();
    }

    private static Options flakeyFeatures() {
        return Options.of(
                "feature",
                11,
                "no number",
                "no such option",
                Option.flag("error_reads", "reads fail"),
                Option.flag("drop_writes", "writes are dropped"),
                Option.flag("error_writes", "writes fail"),
                Option.with(
                        "corrupt_bio_byte",
                        "a byte of each request is changed",
                        Numeral.shown("corrupt_byte", NONE, "which one, from 1"),
                        Word.shown("corrupt_direction", "of reads or writes", "r", "w"),
                        Numeral.shown("corrupt_value", NONE, "to what, 0 to 255"),
                        Numeral.shown("corrupt_flags", NONE, "only of requests with all these flags")),
                Option.with(Numeral.shown("random_read_corrupt", NONE, "so many of 10^9 bytes read are changed")),
                Option.with(Numeral.shown("random_write_corrupt", NONE, "so many of 10^9 bytes written are changed")));
    }

    /// @kernel drivers/md/dm-dust.c
    static TargetGrammar dust() {
        return TargetGrammar.of("dust", "a device with bad blocks")
                .source("dm-dust.c")
                .args(
                        device("device", "what is read and written"),
                        sectors("offset", "where the range begins"),
                        Numeral.shown("block_size", BYTES, "of a block").powerOfTwo())
                .status(
                        device("device", "what is read and written"),
                        Word.shown("mode", "do reads fail?", "fail_read_on_bad_block", "bypass"),
                        Word.shown("messages", "are they logged?", "verbose", "quiet"))
                .message("addbadblock BLOCK [WRITE_FAILURES]", "make a block bad")
                .message("removebadblock BLOCK", "make it good")
                .message("queryblock BLOCK", "is it bad?")
                .message("countbadblocks", "how many are bad")
                .message("listbadblocks", "which ones")
                .message("clearbadblocks", "make all good")
                .message("enable", "reads of bad blocks fail")
                .message("disable", "they do not")
                .message("quiet", "log less, or again")
                .example("0 2097152 dust /dev/sdb 0 512")
                .build();
    }

    /// @kernel drivers/md/dm-log-writes.c
    static TargetGrammar logWrites() {
        return TargetGrammar.of("log-writes", "keeps a log of what is written")
                .source("dm-log-writes.c")
                .args(device("device", "what is read and written"), device("log", "where the log goes"))
                .status(
                        Numeral.shown("entries", NONE, "logged so far"),
                        sectors("last_sector", "of the log that is taken"),
                        Maybe.of(Word.shown("state", "after an error of the log", "logging_disabled")))
                .message("mark TEXT", "put a mark into the log")
                .example("0 2097152 log-writes /dev/sdb /dev/sdc")
                .build();
    }
}
