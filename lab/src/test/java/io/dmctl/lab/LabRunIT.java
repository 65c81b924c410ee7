package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.lab.Guest.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `lab/run` from outside, on the host.
class LabRunIT {
    private static Result lab(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Guest.checkout().resolve("lab/run").toString());
        command.addAll(List.of(arguments));
        // The first lab run on a machine builds the kernel.
        return Guest.run(Duration.ofMinutes(30), command);
    }

    @Test
    void exitCodeAndBothStreamsComeThrough() {
        Result result = lab("sh", "-c", "printf 'a\\tb\\n'; echo error >&2; exit 3");
        assertEquals(3, result.exitCode(), result::toString);
        assertEquals("a\tb\n", result.out());
        assertEquals("error\n", result.err());
    }

    @Test
    void warningInTheKernelsLogIsRefusedAndShown() {
        Result result = lab("sh", "-c", "echo 'WARNING: from a test' >/dev/kmsg");
        assertEquals(LabBoot.UNCLEAN_KERNEL_LOG, result.exitCode(), result::toString);
        assertTrue(result.err().contains("WARNING: from a test"), result::toString);
    }

    @Test
    void warningThatIsAllowedIsNot() {
        Result result = lab("--allow", "from a test", "sh", "-c", "echo 'WARNING: from a test' >/dev/kmsg; exit 4");
        assertEquals(4, result.exitCode(), result::toString);
    }

    @Test
    void kernelThatDiesIsTold() {
        Result result = lab("sh", "-c", "echo c >/proc/sysrq-trigger");
        assertEquals(LabBoot.NO_EXIT_CODE, result.exitCode(), result::toString);
        assertTrue(result.err().contains("Kernel panic"), result::toString);
    }

    @Test
    void timeoutEndsTheGuest() {
        Result result = lab("--timeout", "1", "sleep", "1000");
        assertEquals(LabBoot.TIMEOUT, result.exitCode(), result::toString);
    }

    @Test
    void onlyWriteFoldersKeepWhatTheGuestWrites(@TempDir Path folder) throws IOException {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Path lost = folder.resolve("lost");
        Result result = lab("--write", kept.toString(), "sh", "-ec", "echo 1 >" + kept + "/file; echo 2 >" + lost);
        assertEquals(0, result.exitCode(), result::toString);
        assertEquals("1\n", Files.readString(kept.resolve("file")));
        assertFalse(Files.exists(lost), lost::toString);
    }

    @Test
    void badOptionIsUsage() {
        assertEquals(2, lab("--cpus", "9", "true").exitCode());
        assertEquals(2, lab("--disk", "much", "true").exitCode());
        assertEquals(2, lab("--nonsense", "true").exitCode());
        assertEquals(2, lab().exitCode());
    }

    /// `dmctl check --boot` takes a dm-mod.create when a kernel that boots with it makes all of its devices.
    @ParameterizedTest
    @ValueSource(
            strings = {
                " root , , 0x3 , ro , 0 0x1000 linear 98:0 0 , 4096 010 delay 98:0 0 10 ; b,u,4,rw,0  8  linear  98:0 0",
                "root,,,,0 8 linear 98:0 0",
                "root,,,rw,0 8 zero x",
                "root,,,rw,0 8 linear 98:0 0;",
                "root,,,rw,0 8 linear 98:0 0;root,,,rw,0 8 linear 98:0 8"
            })
    void whatBootsIsWhatCheckTakes(String parameter) {
        Result booted = lab(
                "--disk", "8M", "--mem", "256M", "--append", "dm-mod.create=\"" + parameter + "\"", "dmsetup", "ls");
        Result checked = Guest.dmctl("check", "--no-devices", "--boot", parameter);
        long made = booted.ok().lines().filter(line -> line.contains("\t(")).count();
        boolean all = made == parameter.chars().filter(c -> c == ';').count() + 1;
        assertEquals(all ? 0 : 6, checked.exitCode(), checked::toString);
    }
}
