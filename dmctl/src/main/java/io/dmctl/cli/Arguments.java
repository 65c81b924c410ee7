package io.dmctl.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The options and words of a command line, parsed; every complaint names the argument at fault.
final class Arguments {
    private final ParseResult parsed;
    private final List<String> words = new ArrayList<>();

    private Arguments(ParseResult parsed) {
        this.parsed = parsed;
        // The one list of words is there as often as options stand between them.
        if (parsed.hasMatchedPositional(0)) {
            words.addAll(parsed.matchedPositional(0).stringValues());
        }
    }

    /// @throws CommandFailure with [ExitCode#USAGE]
    static Arguments parse(Usage usage, List<String> args) throws CommandFailure {
        final CommandLine line = new CommandLine(usage.spec());
        // A word that begins with @ is a message to a target, not the name of a file of arguments.
        line.setExpandAtFiles(false);
        line.setStopAtPositional(usage.verbatim());
        line.setTrimQuotes(false);
        try {
            final Arguments result = new Arguments(line.parseArgs(args.toArray(new String[0])));
            if (!result.has("--help")) {
                result.checkCount(usage);
            }
            return result;
        } catch (ParameterException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, String.valueOf(e.getMessage()).replaceAll("\\R\\s*", " "), "", e);
        }
    }

    private void checkCount(Usage usage) throws CommandFailure {
        if (words.size() < usage.least()) {
            throw CommandFailure.usage("an argument is missing: " + HelpPage.line(usage));
        }
        if (words.size() > usage.most()) {
            throw CommandFailure.usage("unexpected argument: '" + words.get(usage.most()) + "'");
        }
    }

    /// Whether the option is given.
    boolean has(String option) {
        return parsed.hasMatchedOption(option);
    }

    /// The option's value; the last one given.
    Optional<String> value(String option) {
        final List<String> all = values(option);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    List<String> values(String option) {
        final OptionSpec spec = parsed.matchedOption(option);
        return spec == null ? List.of() : spec.stringValues();
    }

    /// The option as a number of `min..max`; `otherwise` when it is not given.
    int number(String option, int min, int max, int otherwise) throws CommandFailure {
        final Optional<String> text = value(option);
        return text.isEmpty() ? otherwise : (int) number(option, text.get(), min, max);
    }

    /// `text` as a number of `min..max`; `what` is its name in the complaint.
    static long number(String what, String text, long min, long max) throws CommandFailure {
        try {
            final long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, what + " must be a number in " + min + ".." + max + ", was '" + text + "'", "", e);
        }
        throw CommandFailure.usage(what + " must be in " + min + ".." + max + ", was " + text);
    }

    /// One of `allowed`; `otherwise` when the option is not given.
    String oneOf(String option, String otherwise, List<String> allowed) throws CommandFailure {
        final String text = value(option).orElse(otherwise);
        if (!allowed.contains(text)) {
            throw CommandFailure.usage(
                    option + " must be one of " + String.join(", ", allowed) + ", was '" + text + "'");
        }
        return text;
    }

    /// What is no option, in order.
    List<String> words() {
        return words;
    }
}
