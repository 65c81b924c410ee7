package io.dmctl.targets.grammar;

import java.util.List;

/// A number of words, and then so many: options in any order.
///
/// @param name of the group, as `feature`
/// @param max how many words there may be at most
/// @param countError what the kernel says when the number is missing, no number, too large, or larger than the words
/// that are left
/// @param first words that begin the group, counted with it
/// @param unknownError what the kernel says of a word that is no option, or of one without its value
/// @param ignoreCase whether large and small letters are the same in an option's word
/// @param open whether a word that is no option is taken all the same: the target looks at it elsewhere
/// @param pairError what the kernel says of an odd number; empty: any number will do
/// @param unknownValue what a constructor reads behind a word before it knows that the word is no option
/// @param beyond whether an option may take its value from behind the group, as a constructor does that never looks
public record Options(
        String name,
        int max,
        String countError,
        List<Arg> first,
        List<Option> options,
        String unknownError,
        List<Arg> unknownValue,
        boolean ignoreCase,
        boolean open,
        boolean beyond,
        String pairError)
        implements Arg {
    public static Options of(String name, int max, String countError, String unknownError, Option... options) {
        return new Options(
                name, max, countError, List.of(), List.of(options), unknownError, List.of(), true, false, false, "");
    }

    /// A number of words that the target looks at elsewhere.
    public static Options words(String name, int max, String countError) {
        return new Options(name, max, countError, List.of(), List.of(), "", List.of(), false, true, false, "");
    }

    public Options inThisCase() {
        return new Options(
                name, max, countError, first, options, unknownError, unknownValue, false, open, beyond, pairError);
    }

    public Options inPairs(String text) {
        return new Options(
                name, max, countError, first, options, unknownError, unknownValue, ignoreCase, open, beyond, text);
    }

    public Options after(Arg... words) {
        return new Options(
                name,
                max,
                countError,
                List.of(words),
                options,
                unknownError,
                unknownValue,
                ignoreCase,
                open,
                true,
                pairError);
    }

    public Options unknownBefore(Arg value) {
        return new Options(
                name,
                max,
                countError,
                first,
                options,
                unknownError,
                List.of(value),
                ignoreCase,
                open,
                beyond,
                pairError);
    }
}
