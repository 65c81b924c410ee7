package io.dmctl.targets.grammar;

import java.util.List;

/// A word: any, or one of a choice.
///
/// @param choices what it may be; empty: anything
/// @param ignoreCase whether large and small letters are the same in it
/// @param error what the kernel says when it is missing or another one
public record Word(String name, String about, List<String> choices, boolean ignoreCase, String error) implements Arg {
    public static Word any(String name, String about, String error) {
        return new Word(name, about, List.of(), false, error);
    }

    public static Word of(String name, String about, String error, String... choices) {
        return new Word(name, about, List.of(choices), false, error);
    }

    /// As a status line prints it.
    public static Word shown(String name, String about, String... choices) {
        return of(name, about, "no such word", choices);
    }

    public Word inAnyCase() {
        return new Word(name, about, choices, true, error);
    }

    boolean takes(String word) {
        return choices.isEmpty()
                || choices.stream().anyMatch(c -> ignoreCase ? c.equalsIgnoreCase(word) : c.equals(word));
    }
}
