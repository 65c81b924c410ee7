package io.dmctl.targets.grammar;

import java.util.List;

/// Words that come again and again.
///
/// @param count the number that says how often; empty: to the end of the line
/// @param tooFew what the kernel says when the words end before; empty: the words themselves say it
public record Repeat(String name, String about, String count, String tooFew, List<Arg> args) implements Arg {
    /// To the end of the line.
    public static Repeat toTheEnd(String name, String about, Arg... args) {
        return new Repeat(name, about, "", "", List.of(args));
    }

    public static Repeat times(String count, String name, String about, Arg... args) {
        return new Repeat(name, about, count, "", List.of(args));
    }
}
