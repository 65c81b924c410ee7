package io.dmctl.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The options and words of a command line, parsed; every complaint names the argument at fault.
///
/// The grammar is getopt_long's: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, short flags in one word,
/// options
/// and words in any order, `--` ends the options. Written by hand: a parser library costs a short command more than all
/// that it does.
final class Arguments {
    private final Usage usage;
    /// The values of each option that was given, by its first name; a flag has none.
    private final Map<String, List<String>> given = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    private Arguments(Usage usage) {
        this.usage = usage;
    }

    /// @throws CommandFailure with [ExitCode#USAGE]
    static Arguments parse(Usage usage, List<String> args) throws CommandFailure {
        final Arguments result = new Arguments(usage);
        result.read(args);
        if (!result.has("--help")) {
            result.checkCount(usage);
        }
        return result;
    }

    private void read(List<String> args) throws CommandFailure {
        int i = 0;
        while (i < args.size()) {
            final String word = args.get(i++);
            if (word.equals("--")) {
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                words.add(word);
                if (usage.verbatim()) {
                    break;
                }
            } else if (word.startsWith("--")) {
                i = longOption(word, args, i);
            } else {
                i = shortOptions(word, args, i);
            }
        }
        words.addAll(args.subList(i, args.size()));
    }

    /// Answers the index of what comes next.
    private int longOption(String word, List<String> args, int next) throws CommandFailure {
        final int equals = word.indexOf('=');
        final String name = equals < 0 ? word : word.substring(0, equals);
        final Usage.Option option = find(name, word);
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw CommandFailure.usage(name + " takes no value, was '" + word + "'");
            }
            add(option, name, "");
            return next;
        }
        if (equals >= 0) {
            add(option, name, word.substring(equals + 1));
            return next;
        }
        add(option, name, value(name, args, next));
        return next + 1;
    }

    private int shortOptions(String word, List<String> args, int next) throws CommandFailure {
        for (int at = 1; at < word.length(); at++) {
            final String name = "-" + word.charAt(at);
            final Usage.Option option = find(name, word);
            if (!option.takesValue()) {
                add(option, name, "");
            } else if (at + 1 < word.length()) {
                add(option, name, word.substring(at + 1));
                return next;
            } else {
                add(option, name, value(name, args, next));
                return next + 1;
            }
        }
        return next;
    }

    private static String value(String name, List<String> args, int at) throws CommandFailure {
        if (at == args.size()) {
            throw CommandFailure.usage(name + " needs a value");
        }
        return args.get(at);
    }

    private Usage.Option find(String name, String word) throws CommandFailure {
        for (Usage.Option option : usage.parsed()) {
            if (option.names().contains(name)) {
                return option;
            }
        }
        throw CommandFailure.usage("unknown option: '" + word + "'");
    }

    private void add(Usage.Option option, String name, String value) throws CommandFailure {
        List<String> values = given.get(option.names().getFirst());
        if (values == null) {
            values = new ArrayList<>();
            given.put(option.names().getFirst(), values);
        }
        if (!values.isEmpty() && !option.repeated()) {
            throw CommandFailure.usage(name + " is given twice: '" + values.getFirst() + "' and '" + value + "'");
        }
        values.add(value);
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
        return !values(option).isEmpty();
    }

    /// The option's value; the last one given.
    Optional<String> value(String option) {
        final List<String> all = values(option);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    List<String> values(String option) {
        for (Usage.Option known : usage.parsed()) {
            if (known.names().contains(option)) {
                return given.getOrDefault(known.names().getFirst(), List.of());
            }
        }
        return List.of();
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
