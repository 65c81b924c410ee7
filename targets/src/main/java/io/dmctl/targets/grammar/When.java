package io.dmctl.targets.grammar;

import java.util.List;
import java.util.function.Predicate;

/// Words that are there when words before them say so.
public record When(String about, Predicate<Line> condition, List<Arg> args) implements Arg {
    public static When of(String about, Predicate<Line> condition, Arg... args) {
        return new When(about, condition, List.of(args));
    }
}
