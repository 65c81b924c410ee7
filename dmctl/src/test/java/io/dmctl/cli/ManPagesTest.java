package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The manual pages, as groff shows them.
class ManPagesTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        final CliRun run = CliRun.of("man", folder.toString());
        assertEquals(new CliRun(0, "", ""), run);
    }

    private static String shown(Path page) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "groff is not installed: apt install groff-base");
        final Process groff = new ProcessBuilder("groff", "-man", "-Tascii", "-P-cbou", "-rLL=400n", page.toString())
                .redirectErrorStream(true)
                .start();
        final String out = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, groff.waitFor(), out);
        return out;
    }

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void eachCommandHasItsPageWithAllThatItsHelpSays(CommandName name) throws Exception {
        final String page = shown(folder.resolve("dmctl-" + name.word() + ".1"));
        assertTrue(page.contains("dmctl-" + name.word() + " - " + name.summary()), page);
        final Usage usage = name.make().usage().end();
        for (Usage.Item item : usage.options()) {
            assertTrue(page.contains(item.left()) && page.contains(item.right()), () -> item + " is not in " + page);
        }
        for (Usage.Item item : usage.examples()) {
            assertTrue(page.contains(item.left()), () -> item + " is not in " + page);
        }
    }

    @Test
    void theOverviewListsAllCommands() throws Exception {
        final String page = shown(folder.resolve("dmctl.1"));
        for (CommandName name : CommandName.values()) {
            assertTrue(page.contains("dmctl-" + name.word() + "(1)"), page);
        }
        for (Usage.Item item : HelpPage.GLOBAL) {
            assertTrue(page.contains(item.left()) && page.contains(item.right()), page);
        }
    }
}
