package io.dmctl.targets.grammar;

import java.util.List;

/// Words that may be missing at the end of a line.
public record Maybe(List<Arg> args) implements Arg {
    public static Maybe of(Arg... args) {
        return new Maybe(List.of(args));
    }
}
