package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The help pages, and the pages of docs/commands that must say the same.
class HelpPageTest {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void beginsWithExamplesThatParse(CommandName name) throws CommandFailure {
        final CliRun run = CliRun.of(name.word(), "--help");
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        final List<String> lines = run.out().lines().toList();
        assertEquals("dmctl " + name.word() + ": " + name.summary(), lines.get(0));
        assertEquals("Examples:", lines.get(2));
        for (Usage.Item example : name.make().usage().examples()) {
            final List<String> words = ShellWords.split(example.left());
            assertEquals(List.of("dmctl", name.word()), words.subList(0, 2), example::left);
            Arguments.parse(name.make().usage().end(), words.subList(2, words.size()));
        }
    }

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void helpOfAndHelpAreTheSame(CommandName name) {
        assertEquals(CliRun.of(name.word(), "--help"), CliRun.of("help", name.word()));
        assertEquals(CliRun.of(name.word(), "--help"), CliRun.of(name.word(), "-h"));
    }

    @Test
    void topLevelListsEveryCommand() {
        final CliRun run = CliRun.of("--help");
        assertEquals(ExitCode.OK.code(), run.exitCode());
        for (CommandName name : CommandName.values()) {
            assertTrue(run.out().contains("\n  " + name.word() + " "), name::word);
        }
    }

    @Test
    void optionsBeforeTheCommandAreThoseOfTheirPages() throws IOException {
        final Set<String> global = new TreeSet<>();
        HelpPage.GLOBAL.forEach(
                item -> global.add(item.left().substring(0, item.left().indexOf(' '))));
        final Set<String> rows = new TreeSet<>();
        for (String page : List.of("record.md", "timeout.md")) {
            rows.addAll(rowsOf(Files.readString(Path.of("..", "docs", "commands", page))));
        }
        assertEquals(global, rows);
        final String help = CliRun.of("--help").out().replaceAll("  +", "  ");
        HelpPage.GLOBAL.forEach(item -> assertTrue(help.contains(item.left() + "  " + item.right()), help));
    }

    @Test
    void versionIsThatOfTheBuild() {
        final CliRun run = CliRun.of("--version");
        assertEquals(ExitCode.OK.code(), run.exitCode());
        assertTrue(run.out().matches("dmctl \\d+\\.\\d+\\.\\d+\\S*\n"), run::out);
    }

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void pageInDocsListsTheSameOptions(CommandName name) throws IOException {
        final Path page = Path.of("..", "docs", "commands", name.word() + ".md");
        assertTrue(Files.exists(page), () -> page + " is missing");
        final String text = Files.readString(page);
        assertTrue(text.indexOf("## Examples") >= 0, () -> page + ": no examples");
        assertTrue(text.indexOf("## Examples") < text.indexOf("## Options"), () -> page + ": examples come first");
        assertEquals(optionsOf(name), rowsOf(text), page::toString);
    }

    private static Set<String> optionsOf(CommandName name) {
        final Set<String> all = new TreeSet<>();
        name.make().usage().end().parsed().forEach(option -> all.addAll(option.names()));
        return all;
    }

    /// The options in the first column of the table under `## Options`.
    private static Set<String> rowsOf(String page) {
        final Set<String> all = new TreeSet<>();
        final int from = page.indexOf("## Options");
        final int to = page.indexOf("\n## ", from);
        page.substring(from, to < 0 ? page.length() : to).lines().forEach(line -> {
            if (line.startsWith("| `")) {
                final Matcher option = OPTION.matcher(line.substring(0, line.indexOf('|', 1)));
                while (option.find()) {
                    all.add(option.group());
                }
            }
        });
        return all;
    }
}
