package io.dmctl.cli;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Message;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Unchecked;
import io.dmctl.targets.grammar.When;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.grammar.types.Grammars;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `help target NAME`: a target's line, arguments, messages and status, from its grammar.
final class TargetHelp {
    private static final int WIDTH = 28;

    private final PrintStream out;

    private TargetHelp(PrintStream out) {
        this.out = out;
    }

    static ExitCode print(List<String> words, Streams streams) {
        if (words.isEmpty()) {
            streams.out().println("dmctl help target NAME, of:");
            for (String name : Grammars.names()) {
                final TargetGrammar grammar = Grammars.find(name).orElseThrow();
                streams.out().println("  " + pad(name, 16) + grammar.summary());
            }
            return ExitCode.OK;
        }
        if (words.size() > 1) {
            streams.err().println("dmctl help: unexpected argument: '" + words.get(1) + "'");
            return ExitCode.USAGE;
        }
        final Optional<TargetGrammar> grammar = Grammars.find(words.getFirst());
        if (grammar.isEmpty()) {
            streams.err().println("dmctl help: " + words.getFirst() + ": no such target");
            streams.err().println("dmctl help: dmctl help target lists them");
            return ExitCode.NOT_FOUND;
        }
        new TargetHelp(streams.out()).print(grammar.get());
        return ExitCode.OK;
    }

    private void print(TargetGrammar grammar) {
        out.println(grammar.name() + ": " + grammar.summary());
        title("Line");
        out.println("  " + ("START LENGTH " + grammar.name() + line(grammar.args())).strip());
        title("Example");
        out.println("  " + grammar.example());
        if (!grammar.args().isEmpty()) {
            title("Arguments");
            list(grammar.args(), "  ");
        }
        if (!grammar.messages().isEmpty()) {
            title("Messages");
            for (Message message : grammar.messages()) {
                item("  ", message.words(), message.about());
            }
        }
        if (!grammar.status().isEmpty()) {
            title("Status");
            list(grammar.status(), "  ");
            grammar.states().forEach((words, meaning) -> item("  ", "or " + words, meaning));
        }
        if (!grammar.notChecked().isEmpty()) {
            title("Not checked offline");
            for (Unchecked unchecked : grammar.notChecked()) {
                out.println("  " + unchecked.about());
            }
        }
        if (!grammar.source().isEmpty()) {
            out.println();
            out.println("Kernel source: drivers/md/" + grammar.source());
        }
    }

    private void title(String text) {
        out.println();
        out.println(text + ":");
    }

    private void item(String indent, String left, String right) {
        out.println((indent + pad(left, WIDTH - indent.length()) + right).stripTrailing());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(2, width - text.length()));
    }

    // ---- the line ----

    private static String line(List<Arg> args) {
        final StringBuilder text = new StringBuilder();
        for (Arg arg : args) {
            text.append(
                    switch (arg) {
                        case Numeral n -> " " + upper(n.name());
                        case Word w -> " " + upper(w.name());
                        case Device d -> " " + upper(d.name());
                        case Pair p -> " " + upper(p.first()) + p.separator() + upper(p.second());
                        case Maybe m -> " [" + line(m.args()).strip() + "]";
                        case When w -> " [" + line(w.args()).strip() + "]";
                        case Options o -> " COUNT" + line(o.first()) + " [" + upper(o.name()) + "]...";
                        case Repeat r -> " [" + line(r.args()).strip() + "]...";
                        case Rule r -> "";
                    });
        }
        return text.toString();
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    // ---- the arguments ----

    private void list(List<Arg> args, String indent) {
        for (Arg arg : args) {
            switch (arg) {
                case Numeral n -> item(indent, upper(n.name()), number(n));
                case Word w -> item(indent, upper(w.name()), word(w));
                case Device d -> item(indent, upper(d.name()), device(d));
                case Pair p ->
                    item(
                            indent,
                            upper(p.first()) + p.separator() + upper(p.second()),
                            unit(p.unit().label(), p.about()));
                case Maybe m -> list(m.args(), indent);
                case When w -> {
                    out.println(indent + w.about() + ":");
                    list(w.args(), indent + "  ");
                }
                case Options o -> options(o, indent);
                case Repeat r -> {
                    out.println(indent
                            + (r.count().isEmpty() ? "to the end" : upper(r.count()) + " times")
                            + (r.about().isEmpty() ? ":" : ", " + r.about() + ":"));
                    list(r.args(), indent + "  ");
                }
                case Rule r -> {
                    if (!r.about().isEmpty()) {
                        out.println(indent + "- " + r.about());
                    }
                }
            }
        }
    }

    private void options(Options options, String indent) {
        item(
                indent,
                "COUNT",
                "how many words follow" + (options.max() == Integer.MAX_VALUE ? "" : ", at most " + options.max()));
        list(options.first(), indent);
        for (Option option : options.options()) {
            final String value = option.values().isEmpty()
                    ? ""
                    : (option.joined() ? ":" : " ") + line(option.values()).strip();
            final Arg only = option.values().size() == 1 ? option.values().getFirst() : new Rule("", line -> {});
            item(
                    indent + "  ",
                    option.word() + value,
                    switch (only) {
                        case Numeral n -> number(n);
                        case Word w -> word(w);
                        case Device d -> device(d);
                        case Pair p -> option.about();
                        case Maybe m -> option.about();
                        case When w -> option.about();
                        case Options o -> option.about();
                        case Repeat r -> option.about();
                        case Rule r -> option.about();
                    });
        }
    }

    private static String number(Numeral number) {
        final StringBuilder limits = new StringBuilder(unit(number.unit().label(), number.about()));
        if (number.limited()) {
            limits.append("; ").append(number.min()).append(" to ").append(Long.toUnsignedString(number.max()));
        } else if (number.min() > 0) {
            limits.append("; at least ").append(number.min());
        }
        if (number.step() == 0) {
            limits.append("; a power of two");
        } else if (number.step() > 1) {
            limits.append("; a multiple of ").append(number.step());
        }
        return limits + otherwise(number.otherwise());
    }

    private static String word(Word word) {
        return word.about() + (word.choices().isEmpty() ? "" : "; " + String.join(" ", word.choices()));
    }

    private static String device(Device device) {
        return unit("device", device.about()) + otherwise(device.otherwise());
    }

    private static String unit(String label, String about) {
        return label.isEmpty() ? about : about.isEmpty() ? label : label + ": " + about;
    }

    private static String otherwise(String word) {
        return word.isEmpty() ? "" : "; or " + word;
    }
}
