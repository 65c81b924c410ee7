package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The completion scripts, run by their shells.
class CompletionTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeDevices() throws IOException {
        Files.createDirectories(folder.resolve("dev/mapper"));
        Files.createDirectories(folder.resolve("run/names"));
        for (String name : List.of("dev/mapper/control", "dev/mapper/d0", "run/names/java0", "run/names/~half")) {
            Files.createFile(folder.resolve(name));
        }
    }

    private Path script(String shell) throws IOException {
        final CliRun run = CliRun.of("completion", shell);
        assertEquals(ExitCode.OK.code(), run.exitCode(), run::toString);
        return Files.writeString(folder.resolve("script." + shell), run.out());
    }

    private String run(String... command) throws IOException, InterruptedException {
        final ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("DM_DEV_DIR", folder + "/dev");
        builder.environment().put("DMCTL_RUN_DIR", folder + "/run");
        final Process process = builder.start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        return out;
    }

    private static void assumeShell(String shell) {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin", shell)) || Files.isExecutable(Path.of("/bin", shell)),
                shell + " is not installed: apt install " + shell);
    }

    /// The words, the last of them being typed, and what completes it; `...` leaves others open.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dmctl swa                | swap",
                "dmctl table ''           | d0 java0",
                "dmctl table d            | d0",
                "dmctl table --show       | --showkeys",
                "dmctl table --target stri | striped",
                "dmctl create x --engine '' | auto java kernel",
                "dmctl create x --transport n | nbd",
                "dmctl create x --recovery re | reissue",
                "dmctl completion ''      | bash fish zsh",
                "dmctl save r             | run",
                "dmctl help pla           | plan",
                "dmctl apply --dry        | --dry-run",
                "dmctl --rep              | --replay",
                "dmctl --record r         | run",
                "dmctl --record x swa     | swap",
                "dmctl --replay x table d | d0",
                "dmctl --record x table --show | --showkeys",
                "dmsetup targ             | target-version targets",
                "dmsetup info d           | d0",
                "dmsetup info --nohead    | --noheadings",
                "dmsetup info -c -o uu    | uuid",
                "dmsetup info -c -o +name,maj | +name,major",
                "dmsetup info -c -O -maj  | -major",
                "dmsetup table --target stri | striped",
                "dmsetup target-version stri | striped",
                "dmsetup create x --table '' | ''",
                "dmstats upd              | update_filemap",
                "dmstats report -o hist_percent_b | hist_percent_bounds",
            })
    void bashCompletes(String line, String expected) throws Exception {
        assumeShell("bash");
        final String out = run(
                "bash",
                "-c",
                "source " + script("bash") + "; COMP_WORDS=(" + line.strip()
                        + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " f=_dmctl_${COMP_WORDS[0]}; ${f%_dmctl}; printf '%s\\n' \"${COMPREPLY[@]}\"");
        assertEquals(
                expected.strip(), String.join(" ", new TreeSet<>(out.lines().toList())));
    }

    @Test
    void zshReadsItsScript() throws Exception {
        assumeShell("zsh");
        final String out = run(
                "zsh",
                "-fc",
                "autoload -U compinit && compinit -u -D; source " + script("zsh") + "; print ${_comps[dmctl]}");
        assertEquals("_bash_complete -F _dmctl\n", out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dmctl swa                    | swap",
                "dmctl create x --engine      | auto java kernel",
                "dmctl table --target stri    | striped",
                "dmctl completion             | bash fish zsh",
                "dmctl --rep                  | --replay",
                "dmctl --record r             | run/",
                "dmctl --record x swa         | swap",
                "dmctl --replay x table --show | --showkeys",
            })
    void fishCompletes(String line, String expected) throws Exception {
        assumeShell("fish");
        final String typed = line.strip() + (line.strip().matches(".*(engine|completion)") ? " " : "");
        final String out = run(
                "fish",
                "--no-config",
                "-c",
                "source " + script("fish") + "; complete -C '" + typed + "' | string split -f1 \\t; true");
        assertEquals(
                expected.strip(), String.join(" ", new TreeSet<>(out.lines().toList())));
    }

    @Test
    void anotherShellIsRefused() {
        CliRun.of("completion", "tcsh").refused(ExitCode.USAGE, "dmctl completion", "'tcsh'");
    }
}
