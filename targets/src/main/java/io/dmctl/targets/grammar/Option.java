package io.dmctl.targets.grammar;

import java.util.List;

/// One of the words of [Options].
///
/// @param values what follows it
/// @param check looked at when it was read
/// @param joined the one value is in the same word, behind a colon
/// @param repeated may be given several times
public record Option(String word, String about, List<Arg> values, boolean joined, boolean repeated, Rule.Check check) {
    private static final Rule.Check NO_CHECK = line -> {};

    public static Option flag(String word, String about) {
        return new Option(word, about, List.of(), false, false, NO_CHECK);
    }

    /// A word, and its value in the next one.
    public static Option with(Arg value) {
        return switch (value) {
            case Numeral n -> new Option(n.name(), n.about(), List.of(n), false, false, NO_CHECK);
            case Word w -> new Option(w.name(), w.about(), List.of(w), false, false, NO_CHECK);
            case Device d -> new Option(d.name(), d.about(), List.of(d), false, false, NO_CHECK);
            case Pair p -> throw new IllegalArgumentException(p.toString());
            case When w -> throw new IllegalArgumentException(w.toString());
            case Maybe m -> throw new IllegalArgumentException(m.toString());
            case Options o -> throw new IllegalArgumentException(o.toString());
            case Repeat r -> throw new IllegalArgumentException(r.toString());
            case Rule r -> throw new IllegalArgumentException(r.toString());
        };
    }

    /// A word, and its values in the next ones.
    public static Option with(String word, String about, Arg... values) {
        return new Option(word, about, List.of(values), false, false, NO_CHECK);
    }

    /// `WORD:VALUE`.
    public static Option joined(Arg value) {
        final Option option = with(value);
        return new Option(option.word, option.about, option.values, true, false, NO_CHECK);
    }

    public Option checked(Rule.Check look) {
        return new Option(word, about, values, joined, repeated, look);
    }

    public Option severalTimes() {
        return new Option(word, about, values, joined, true, check);
    }
}
