package io.dmctl.targets.grammar.types;

import static io.dmctl.targets.grammar.NumberForm.SCAN_U;
import static io.dmctl.targets.grammar.Unit.MILLISECONDS;
import static io.dmctl.targets.grammar.Unit.NONE;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Line;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import java.util.List;

/// @kernel drivers/md/dm-mpath.c `multipath_ctr` `multipath_status` `multipath_message`; drivers/md/dm-ps-*.c
final class MultipathGrammar {
    private static final int MOST = 1024;
    private static final String INITIAL = "invalid initial priority group";

    private MultipathGrammar() {}

    static TargetGrammar grammar() {
        return TargetGrammar.of("multipath", "one device behind several paths")
                .source("dm-mpath.c")
                .features(TargetFeature.SINGLETON, TargetFeature.IMMUTABLE)
                .args(
                        features(),
                        Options.words("handler_argument", MOST, "invalid number of hardware handler args"),
                        number("priority_groups", "how many groups of paths", "invalid number of priority groups"),
                        number("initial_group", "the first in use, from 1", "invalid initial priority group number"),
                        new Rule("an initial group when there are groups", MultipathGrammar::initial),
                        Repeat.toTheEnd("groups", "groups of paths", group()),
                        new Rule("so many groups as was said", MultipathGrammar::groups))
                .status(status())
                .message("queue_if_no_path", "I/O waits when there is no path")
                .message("fail_if_no_path", "I/O fails when there is no path")
                .message("disable_group GROUP", "use it only when there is no other")
                .message("enable_group GROUP", "use it again")
                .message("switch_group GROUP", "use it now")
                .message("fail_path DEVICE", "do not use a path")
                .message("reinstate_path DEVICE", "use it again")
                .notChecked(
                        "a hardware handler, which SCSI devices have only",
                        "error attaching hardware handler",
                        "unable to set hardware handler parameters")
                .notChecked(
                        "without queue_mode bio: that the devices take requests",
                        "table load rejected: including non-request-stackable devices")
                .notChecked(
                        "io-affinity: that each CPU of a mask is there, and in one mask only",
                        "io-affinity ps: invalid cpumask",
                        "io-affinity ps: No new/valid CPU mapping found")
                .example("0 2097152 multipath 1 queue_if_no_path 0 1 1 round-robin 0 2 1 /dev/sda 1 /dev/sdb 1")
                .build();
    }

    private static Numeral number(String name, String about, String error) {
        return Numeral.of(name, about, SCAN_U, NONE, error).range(0, MOST);
    }

    private static Options features() {
        return Options.of(
                "feature",
                8,
                "invalid number of feature args",
                "Unrecognised multipath feature request",
                Option.flag("queue_if_no_path", "I/O waits when there is no path"),
                Option.flag("retain_attached_hw_handler", "has no effect any more"),
                Option.with(Numeral.of(
                                "pg_init_retries",
                                "how often a group is tried",
                                SCAN_U,
                                NONE,
                                "pg_init_retries must be between 1 and 50")
                        .range(1, 50)),
                Option.with(Numeral.of(
                                "pg_init_delay_msecs",
                                "before it is tried again",
                                SCAN_U,
                                MILLISECONDS,
                                "pg_init_delay_msecs must be between 0 and 60000")
                        .range(0, 60000)),
                Option.with(Word.of(
                                "queue_mode",
                                "by bios or by requests",
                                "Unknown 'queue_mode' requested",
                                "bio",
                                "rq",
                                "mq")
                        .inAnyCase()));
    }

    private static Arg[] group() {
        return new Arg[] {
            new Rule("", MultipathGrammar::enough),
            Word.of(
                    "selector",
                    "chooses the path",
                    "unknown path selector type",
                    "round-robin",
                    "queue-length",
                    "service-time",
                    "historical-service-time",
                    "io-affinity"),
            Options.words("selector_argument", MOST, "invalid number of path selector args"),
            new Rule("what the selector takes", MultipathGrammar::selector),
            Numeral.of("paths", "how many paths", SCAN_U, NONE, "invalid number of paths")
                    .range(1, MOST),
            number("path_arguments", "words behind each device", "invalid number of selector args"),
            Repeat.times(
                    "paths",
                    "path",
                    "the paths",
                    new Rule("", MultipathGrammar::enoughOfAPath),
                    Device.of("device", "a path", "error getting device"),
                    Repeat.times(
                            "path_arguments", "argument", "as the selector takes", Word.any("argument", "a word", "")),
                    new Rule("what the selector takes of a path", MultipathGrammar::path),
                    new Rule("", line -> line.uses("device", line.beginSector(), line.lenSectors())))
        };
    }

    // ---- rules ----

    private static void initial(Line line) throws TargetException {
        if ((line.number("priority_groups", 0) == 0) != (line.number("initial_group", 0) == 0)) {
            throw line.bad(INITIAL, "initial_group");
        }
    }

    private static void groups(Line line) throws TargetException {
        final Value value = line.all("groups").getFirst().value();
        if (!(value instanceof Value.Rows rows) || rows.rows().size() != line.number("priority_groups", 0)) {
            throw line.bad("priority group count mismatch", "priority_groups");
        }
    }

    private static void enough(Line line) throws TargetException {
        if (line.remaining() < 2) {
            throw new TargetException("not enough priority group arguments", TargetException.EINVAL, line.next());
        }
    }

    private static void enoughOfAPath(Line line) throws TargetException {
        if (line.remaining() < 1 + line.number("path_arguments", 0)) {
            throw new TargetException("not enough path parameters", TargetException.EINVAL, line.next());
        }
    }

    private static void selector(Line line) throws TargetException {
        if (!line.word("selector").equals("historical-service-time")) {
            return;
        }
        final List<Field> words = line.all("selector_argument");
        final String error = "path selector constructor failed";
        if (words.size() > 2) {
            throw line.bad(error, "selector_argument");
        }
        for (int i = 0; i < words.size(); i++) {
            scan(line, words.get(i).argument(), i == 0 ? 1023 : 0xffff_ffffL, error);
        }
    }

    /// A number as `sscanf("%u%c")` reads it.
    private static void scan(Line line, int argument, long max, String error) throws TargetException {
        try (TargetArgs word = TargetArgs.split(line.argument(argument))) {
            word.arg(0, max, error);
        } catch (TargetException e) {
            throw new TargetException(error, TargetException.EINVAL, argument);
        }
    }

    private static void path(Line line) throws TargetException {
        final long count = line.number("path_arguments", 0);
        final int first = line.next() - (int) count;
        final String selector = line.word("selector");
        final String ps = selector + " ps: ";
        if (selector.equals("io-affinity")) {
            if (count != 1) {
                throw new TargetException(ps + "invalid number of arguments", TargetException.EINVAL, first);
            }
            if (!line.argument(first).matches("[0-9a-fA-F]{1,8}(,[0-9a-fA-F]{1,8})*")) {
                throw new TargetException(ps + "invalid cpumask", TargetException.EINVAL, first);
            }
            return;
        }
        if (count > (selector.equals("service-time") ? 2 : 1)) {
            throw new TargetException(ps + "incorrect number of arguments", TargetException.EINVAL, first);
        }
        if (count > 0) {
            scan(line, first, 0xffff_ffffL, ps + "invalid repeat count");
        }
        if (count > 1) {
            scan(line, first + 1, 100, ps + "invalid relative_throughput value");
        }
    }

    // ---- status ----

    private static Arg[] status() {
        return new Arg[] {
            Numeral.shown("state_words", NONE, "how many words of state follow"),
            Numeral.shown("queue_io", NONE, "1: I/O waits"),
            Numeral.shown("pg_init_count", NONE, "how often a group was tried"),
            Options.words("handler_argument", MOST, "no number"),
            Numeral.shown("priority_groups", NONE, "how many groups of paths"),
            Numeral.shown("initial_group", NONE, "the one in use, from 1; 0 for none"),
            Repeat.toTheEnd(
                    "groups",
                    "groups of paths",
                    Word.shown("state", "A active, E enabled, D disabled", "A", "E", "D"),
                    Options.words("selector_status", MOST, "no number"),
                    Numeral.shown("paths", NONE, "how many paths"),
                    Numeral.shown("path_arguments", NONE, "words behind each path"),
                    Repeat.times(
                            "paths",
                            "path",
                            "the paths",
                            Device.of("device", "a path", "no device"),
                            Word.shown("state", "A active, F failed", "A", "F"),
                            Numeral.shown("failures", NONE, "how often it has failed"),
                            Repeat.times(
                                    "path_arguments",
                                    "argument",
                                    "what the selector tells",
                                    Word.any("argument", "a word", ""))))
        };
    }
}
