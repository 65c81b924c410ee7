package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each way to use each option of each command wrongly: the complaint names the option.
class EveryOptionTest {
    private static final Set<String> NUMBERS = Set.of("N", "SECONDS", "MS", "BYTES", "PERCENT", "MAJOR", "MINOR");
    private static final Set<String> WORDS = Set.of("ENGINE", "HOW", "POLICY");

    /// An option, and the command line around it.
    private record Case(CommandName command, Usage usage, Usage.Option option, String label) {
        String name() {
            return option.names().getLast();
        }

        /// The command with `given`, and words that stand for the arguments that it needs.
        List<String> line(String given) {
            final List<String> line = new ArrayList<>(List.of(command.word(), given));
            for (String word : usage.line()
                    .replaceAll("\\[(FILE|EVENT|NEW)\\]|[\\[\\].]", "")
                    .strip()
                    .split(" ", -1)) {
                switch (word) {
                    case "" -> {}
                    case "SECTOR" -> line.add("0");
                    case "ACTION" -> line.addAll(List.of("format", "no-such-data"));
                    case "SHELL" -> line.add("bash");
                    default -> line.add("no-such-" + word.toLowerCase(Locale.ROOT));
                }
            }
            return line;
        }
    }

    private static Stream<Case> cases() {
        final List<Case> all = new ArrayList<>();
        for (CommandName command : CommandName.values()) {
            final Usage usage = command.make().usage().end();
            for (int i = 0; i < usage.parsed().size(); i++) {
                final String left = usage.options().get(i).left();
                all.add(new Case(command, usage, usage.parsed().get(i), left.substring(left.lastIndexOf(' ') + 1)));
            }
        }
        return all.stream();
    }

    private static DynamicTest refused(String what, Case of, List<String> line) {
        return DynamicTest.dynamicTest(of.command.word() + " " + of.name() + ": " + what, () -> {
            final CliRun run = CliRun.of(line.toArray(new String[0]));
            run.refused(ExitCode.USAGE, "dmctl " + of.command.word(), of.name());
            assertTrue(run.err().contains("--help tells how it is called"), run::toString);
        });
    }

    @TestFactory
    Stream<DynamicTest> aValueIsMissing() {
        // Before any word: what follows the first one may be none of dmctl's options.
        return cases().filter(c -> c.option.takesValue())
                .map(c -> refused("no value", c, List.of(c.command.word(), c.name())));
    }

    @TestFactory
    Stream<DynamicTest> aFlagTakesNoValue() {
        return cases().filter(c -> !c.option.takesValue())
                .map(c -> refused("a value", c, List.of(c.command.word(), c.name() + "=1")));
    }

    @TestFactory
    Stream<DynamicTest> anOptionIsGivenTwice() {
        return cases().filter(c -> c.option.takesValue() && !c.option.repeated())
                .map(c -> refused("twice", c, List.of(c.command.word(), c.name() + "=1", c.name() + "=2")));
    }

    @TestFactory
    Stream<DynamicTest> aNumberIsNone() {
        return cases().filter(c -> c.option.takesValue() && NUMBERS.contains(c.label))
                .flatMap(c -> Stream.of("x", "-1", "99999999999999999999")
                        .map(bad -> refused(bad, c, c.line(c.name() + "=" + bad))));
    }

    @TestFactory
    Stream<DynamicTest> aChoiceIsNone() {
        return cases().filter(c -> c.option.takesValue() && WORDS.contains(c.label))
                .map(c -> refused("no such", c, c.line(c.name() + "=gpu")));
    }
}
