package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A user without CAP_SYS_ADMIN makes ublk devices, where udev has the rules of docs/commands/ublk.md.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class UnprivilegedLabIT {
    private static final int USER = 1234;
    private static final String HOME = "/tmp/ordinary";
    private static final String NAME = "mine";
    private static final String TABLE = "0 8192 linear /dev/ubda 0";
    private static final Path BLOCK = Path.of("/dev/ublkb0");
    private static final Path CHAR = Path.of("/dev/ublkc0");

    @BeforeAll
    static void start() throws Exception {
        if (!Guest.isHere()) {
            return;
        }
        GuestUdev.start("90-dmctl-ublk.rules", rules());
        Guest.sh("udevadm=${XDG_CACHE_HOME:-$HOME/.cache}/dmctl/udev/bin/udevadm\n"
                        + "$udevadm trigger --name ublk-control; $udevadm settle --timeout 20\n"
                        + "chown " + USER + " /dev/ubda; install -d -o " + USER + " " + HOME)
                .ok();
        assertEquals("disk", Guest.sh("stat -c %G /dev/ublk-control").ok().strip());
    }

    /// Those of the page, for this checkout's dmctl.
    private static String rules() throws IOException {
        final Path page = Guest.checkout().resolve("docs/commands/ublk.md");
        final String rules = Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("    KERNEL=="))
                .map(String::strip)
                .collect(Collectors.joining("\n", "", "\n"));
        assertTrue(rules.contains("/usr/bin/dmctl ublk owner"), rules);
        final String ours = "/usr/bin/env DMCTL_NO_BUILD=1 " + Guest.checkout().resolve("bin/dmctl");
        return rules.replace("/usr/bin/dmctl", ours);
    }

    @AfterEach
    void clean() throws Exception {
        assertEquals("", user("ls").out().replace("No devices found\n", ""));
        assertFalse(Files.exists(CHAR));
        serversEnd();
        assertEquals(
                "",
                Guest.sh("find " + HOME + " -path '*/groups/*' -o -path '*/names/*'")
                        .ok());
    }

    private static void serversEnd() {
        Guest.sh("while pgrep -U " + USER + " java >/dev/null; do sleep 0.05; done")
                .ok();
    }

    /// Runs dmctl as a user of the group disk, who may look into the folders of the checkout.
    private static Guest.Result user(String... arguments) {
        final List<String> line = new ArrayList<>(List.of(
                "setpriv", "--reuid", Integer.toString(USER), "--regid", Integer.toString(USER), "--groups", "disk"));
        line.addAll(List.of("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"));
        line.addAll(List.of("env", "XDG_RUNTIME_DIR=" + HOME, "HOME=" + HOME));
        line.add(Guest.checkout().resolve("bin/dmctl").toString());
        line.addAll(List.of(arguments));
        return Guest.run(Guest.TIMEOUT, line);
    }

    private static void refused(int code, String text, String... arguments) {
        final Guest.Result result = user(arguments);
        assertEquals(code, result.exitCode(), result.toString());
        assertTrue(result.err().contains(text), result.toString());
    }

    private static String ownerOf(Path node) throws IOException {
        return Files.getAttribute(node, "unix:uid").toString();
    }

    @Test
    void aUserHasADevice() throws Exception {
        user("create", NAME, "--table", TABLE).ok();
        assertEquals(Integer.toString(USER), ownerOf(BLOCK));
        assertEquals(Integer.toString(USER), ownerOf(CHAR));
        Guest.sh("setpriv --reuid " + USER + " --regid " + USER + " --clear-groups dd if=/dev/urandom of=" + BLOCK
                        + " bs=64k count=16 oflag=direct status=none; cmp -n 1048576 " + BLOCK + " /dev/ubda")
                .ok();
        assertTrue(user("ublk", "list").ok().contains(NAME + ", user " + USER));
        assertTrue(Guest.dmctl("ublk", "list").ok().contains("user " + USER));
        assertEquals(
                "ublkb0: " + USER + " " + USER + "\n",
                Guest.dmctl("ublk", "owner", "ublkc0").ok());

        user("swap", NAME, "--table", "0 4096 linear /dev/ubda 0").ok();
        assertEquals("4096\n", Files.readString(Path.of("/sys/block/ublkb0/size")));
        refused(8, "a request waits for 30 s", "suspend", NAME);
        refused(8, "keeps requests for 25000 ms", "reload", NAME, "--table", "0 4096 delay /dev/ubda 0 25000");
        refused(8, "only root", "reload", NAME, "--readonly", "--table", TABLE);
        assertTrue(user("info", NAME).ok().contains("ACTIVE"));
        user("remove", NAME).ok();
    }

    @ParameterizedTest
    @CsvSource({"--recovery,queue", "--io-mode,zero-copy"})
    void whatIsRootsIsRefused(String option, String value) {
        refused(8, "root's devices only", "create", NAME, option, value, "--table", TABLE);
    }

    /// The kernel ends a device whose server has died.
    @Test
    void whatADeadServerLeavesIsRemoved() {
        user("create", NAME, "--table", TABLE).ok();
        Guest.sh("pkill -KILL -U " + USER + " java").ok();
        serversEnd();
        user("remove", NAME).ok();
    }

    /// A device of root's is not the user's to look at or to end.
    @Test
    void rootsStayRoots() {
        Guest.dmctl("create", "roots", "--engine", "java", "--table", "0 2048 zero")
                .ok();
        assertTrue(user("ublk", "list").err().contains("ublkb0: another user's"));
        refused(4, "EPERM", "ublk", "delete", "0");
        final Guest.Result owner = Guest.dmctl("ublk", "owner", "0");
        assertEquals(1, owner.exitCode(), owner.toString());
        Guest.dmctl("remove", "roots").ok();
    }

    /// Without the rules a device cannot be made, and root can take away what is left.
    @Test
    void withoutTheRulesTheErrorTellsOfThem() throws Exception {
        final Path rules = Path.of("/run/udev/rules.d/90-dmctl-ublk.rules");
        final String text = Files.readString(rules);
        Files.writeString(rules, "");
        try {
            refused(4, "docs/commands/ublk.md has the rule", "create", NAME, "--table", TABLE);
        } finally {
            Files.writeString(rules, text);
        }
        Guest.dmctl("ublk", "delete", "0").ok();
    }
}
