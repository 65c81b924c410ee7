package io.dmctl.cli.compat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The words of dmsetup's and dmstats' command lines, for shells to complete.
public final class Vocabulary {
    /// An option and its forms.
    ///
    /// @param names as `-o` and `--options`
    public record Option(List<String> names, Value value) {}

    /// What comes behind an option.
    public enum Value {
        NONE,
        /// Names of [#fields], with commas between them.
        FIELDS,
        TARGET,
        OTHER
    }

    private Vocabulary() {}

    /// Of `dmsetup` or `dmstats`.
    public static List<String> commands(String program) {
        return program.equals(StatsDevice.PROGRAM)
                ? Stream.of(StatsVerb.values()).map(StatsVerb::word).toList()
                : Stream.of(Verb.values()).map(Verb::word).toList();
    }

    public static List<Option> options() {
        final List<Option> all = new ArrayList<>();
        for (Opt option : Opt.values()) {
            final Value value = switch (option) {
                case OPTIONS, SORT -> Value.FIELDS;
                case TARGET -> Value.TARGET;
                default -> option.letterTakesValue() ? Value.OTHER : Value.NONE;
            };
            all.add(new Option(List.of(option.switches().split("\\|")), value));
        }
        return all;
    }

    /// Of reports, and the names of whole sections.
    public static List<String> fields() {
        final List<String> all = new ArrayList<>();
        for (Field field : Field.all()) {
            if (field != Field.HELP_ALT) {
                all.add(field.id());
            }
        }
        for (Field.Type type : Field.Type.values()) {
            if (type != Field.Type.SPECIAL) {
                all.add(type.prefix + "all");
            }
        }
        return all;
    }
}
