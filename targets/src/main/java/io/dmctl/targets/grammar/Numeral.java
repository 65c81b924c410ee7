package io.dmctl.targets.grammar;

/// A word that is a number.
///
/// @param min, max its range, unsigned unless the form is signed
/// @param step it is a multiple of that; 0: it is a power of two; 1: any
/// @param missing what the kernel says when there is no such word
/// @param error what the kernel says when it is no number
/// @param rangeError what the kernel says when the number is out of its range
/// @param stepError what the kernel says when it is no multiple, no power
/// @param otherwise the word that may stand instead of a number; empty: none
public record Numeral(
        String name,
        String about,
        NumberForm form,
        Unit unit,
        long min,
        long max,
        long step,
        String missing,
        String error,
        String rangeError,
        String stepError,
        String otherwise)
        implements Arg {
    private static final long NO_MAX = -1;

    public static Numeral of(String name, String about, NumberForm form, Unit unit, String error) {
        return new Numeral(
                name,
                about,
                form,
                unit,
                form.signed() ? Integer.MIN_VALUE : 0,
                form.signed() ? Integer.MAX_VALUE : NO_MAX,
                1,
                error,
                error,
                error,
                error,
                "");
    }

    /// As a status line prints it.
    public static Numeral shown(String name, Unit unit, String about) {
        return of(name, about, NumberForm.SCAN_LLU, unit, "no number");
    }

    public Numeral range(long least, long most) {
        return range(least, most, error);
    }

    public Numeral range(long least, long most, String text) {
        return new Numeral(name, about, form, unit, least, most, step, missing, error, text, text, otherwise);
    }

    public Numeral multipleOf(long unitOfIt) {
        return step(unitOfIt, stepError);
    }

    public Numeral powerOfTwo() {
        return step(0, stepError);
    }

    public Numeral powerOfTwo(String text) {
        return step(0, text);
    }

    private Numeral step(long of, String text) {
        return new Numeral(name, about, form, unit, min, max, of, missing, error, rangeError, text, otherwise);
    }

    public Numeral missing(String text) {
        return new Numeral(name, about, form, unit, min, max, step, text, error, rangeError, stepError, otherwise);
    }

    public Numeral or(String word) {
        return new Numeral(name, about, form, unit, min, max, step, missing, error, rangeError, stepError, word);
    }

    /// Whether it has an upper limit of its own.
    public boolean limited() {
        return form.signed() ? max != Integer.MAX_VALUE : max != NO_MAX;
    }

    boolean inRange(long value) {
        return form.signed()
                ? value >= min && value <= max
                : Long.compareUnsigned(value, min) >= 0 && Long.compareUnsigned(value, max) <= 0;
    }

    boolean inStep(long value) {
        return step == 1 || (step == 0 ? Long.bitCount(value) == 1 : Long.remainderUnsigned(value, step) == 0);
    }
}
