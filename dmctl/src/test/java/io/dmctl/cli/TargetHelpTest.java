package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Unchecked;
import io.dmctl.targets.grammar.types.Grammars;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `help target`, and that the grammars are whole.
class TargetHelpTest {
    private static final long SEED = 20261126;

    static Set<String> names() {
        return Grammars.names();
    }

    @Test
    void everyTargetOfOursHasAGrammar() {
        for (TargetType type : TargetRegistry.load().all()) {
            assertTrue(Grammars.names().contains(type.name()), type::name);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theExampleIsALineThatIsTaken(String name) {
        final TargetGrammar grammar = Grammars.find(name).orElseThrow();
        assertEquals(name, grammar.name());
        final CliRun check = name.equals("verity")
                ? CliRun.withInput(grammar.example(), "check", "--no-devices", "--readonly")
                : CliRun.withInput(grammar.example(), "check", "--no-devices");
        assertEquals(ExitCode.OK.code(), check.exitCode(), check::toString);
        final CliRun explained = CliRun.withInput(grammar.example(), "explain", "-", "--kind", "table");
        assertTrue(!explained.out().contains("not read"), explained::toString);
    }

    /// Any words are judged and read, never a failure of the program.
    @ParameterizedTest
    @MethodSource("names")
    void noWordsBreakIt(String name) {
        final String[] words = Grammars.find(name).orElseThrow().example().split(" ", -1);
        final String[] odd = {"", "-", "0", "1", "-1", "x", "4294967296", "18446744073709551616", ":", "1:2", "é", "\\"
        };
        final Random random = new Random(SEED);
        for (int i = 0; i < 60; i++) {
            final List<String> line = new ArrayList<>(List.of(words));
            for (int changes = random.nextInt(3); changes >= 0 && line.size() > 3; changes--) {
                final int at = 3 + random.nextInt(line.size() - 3);
                if (random.nextBoolean()) {
                    line.remove(at);
                } else {
                    line.set(at, odd[random.nextInt(odd.length)]);
                }
            }
            final String text = String.join(" ", line);
            final int check = CliRun.withInput(text, "check", "--no-devices").exitCode();
            assertTrue(check == 0 || check == ExitCode.INVALID_TABLE.code(), () -> "seed " + SEED + ": " + text);
            assertEquals(0, CliRun.withInput(text, "explain", "-").exitCode(), () -> "seed " + SEED + ": " + text);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyTargetHasAHelpPage(String name) {
        final CliRun run = CliRun.of("help", "target", name);
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        assertTrue(run.out().startsWith(name + ": "), run::toString);
        assertTrue(run.out().contains("\n  START LENGTH " + name), run::toString);
    }

    @Test
    void anotherIsNotFound() {
        assertEquals(
                ExitCode.NOT_FOUND.code(), CliRun.of("help", "target", "nosuch").exitCode());
        assertTrue(CliRun.of("help", "target").out().contains("  thin-pool"));
        assertEquals(
                ExitCode.USAGE.code(), CliRun.of("help", "target", "era", "x").exitCode());
    }

    /// What the kernel alone can know, row by row.
    @Test
    void thePageOfCheckListsWhatIsNotChecked() throws IOException {
        final String page = Files.readString(Path.of("..", "docs", "commands", "check.md"));
        for (String name : Grammars.names()) {
            for (Unchecked unchecked : Grammars.find(name).orElseThrow().notChecked()) {
                final String row = "| `" + name + "` | " + unchecked.about() + " | "
                        + String.join("; ", unchecked.errors()) + " |";
                assertTrue(page.contains(row), row);
            }
        }
    }
}
