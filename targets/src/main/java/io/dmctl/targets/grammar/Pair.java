package io.dmctl.targets.grammar;

/// Two numbers in one word of a status line, as `used/total`.
public record Pair(String first, String second, String separator, Unit unit, String about) implements Arg {
    public static Pair of(String first, String second, Unit unit, String about) {
        return new Pair(first, second, "/", unit, about);
    }
}
