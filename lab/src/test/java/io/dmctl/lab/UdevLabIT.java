package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside a udev of the guest's own, with dmsetup's rules and one that makes it slow, names are there, and gone, when a
/// command ends.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class UdevLabIT {
    private static final String NAME = "udev_dmctl_test_delme";
    private static final String OTHER = "udevother_dmctl_test_delme";
    private static final Path NODE = Path.of("/dev/mapper", NAME);
    private static final Path OTHER_NODE = Path.of("/dev/mapper", OTHER);
    private static final String ZERO = "0 2048 zero";
    private static final String COOKIE = "has not told cookie 0xd4d";

    @BeforeAll
    static void start() throws Exception {
        if (!Guest.isHere()) {
            return;
        }
        final Guest.Result without = create("--udev", "required");
        assertEquals(8, without.exitCode(), without.err());
        Remains.requireNone();
        GuestUdev.start("10-slow.rules", "KERNEL==\"dm-[0-9]*\", PROGRAM=\"/bin/sleep 0.7\"\n");
    }

    @AfterEach
    void clean() throws Exception {
        Guest.sh("pkill -CONT udevadm; dmctl() { " + Guest.checkout() + "/bin/dmctl \"$@\"; };" + " for d in " + NAME
                + " " + OTHER + "; do dmctl remove $d 2>/dev/null || true; done");
        assertEquals("", Guest.sh("dmsetup udevcookies | tail -n +2").ok());
        Remains.requireNone();
    }

    private static Guest.Result create(String... options) {
        final String[] line = new String[options.length + 6];
        System.arraycopy(new String[] {"create", NAME, "--engine", "kernel", "--table", ZERO}, 0, line, 0, 6);
        System.arraycopy(options, 0, line, 6, options.length);
        return Guest.dmctl(line);
    }

    private static boolean isLink(Path path) throws IOException {
        return Files.isSymbolicLink(path) && path.toRealPath().toString().startsWith("/dev/dm-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--compat=dmsetup"})
    void namesAreThereAndGoneWhenTheCommandEnds(String compat) throws Exception {
        final List<String> as = compat.isEmpty() ? List.of() : List.of(compat);
        run(as, "create", NAME, "--table", ZERO);
        assertTrue(isLink(NODE));
        run(as, "rename", NAME, OTHER);
        assertTrue(isLink(OTHER_NODE));
        assertFalse(Files.exists(NODE, LinkOption.NOFOLLOW_LINKS));
        run(as, "reload", OTHER, "--table", "0 4096 zero");
        run(as, "resume", OTHER);
        assertTrue(isLink(OTHER_NODE));
        run(as, "remove", OTHER);
        assertFalse(Files.exists(OTHER_NODE, LinkOption.NOFOLLOW_LINKS));
    }

    /// Also what is counted while udev, which is slow here, has not told its part done.
    @Test
    void debuggingTellsOfCookiesAsDmsetupDoes() {
        final List<List<String>> lines = List.of(
                List.of("-vv", "create", NAME, "--table", ZERO),
                List.of("-vv", "resume", NAME),
                List.of("-vv", "create", NAME, "--table", ZERO),
                List.of("-vv", "reload", NAME, "--table", "0 4096 zero"),
                List.of("-vv", "resume", NAME, "--readahead", "64"),
                List.of("-vv", "rename", NAME, OTHER),
                List.of("-vv", "remove", NAME),
                List.of("-vv", "--noudevsync", "resume", OTHER),
                List.of("-vv", "--verifyudev", "resume", OTHER),
                List.of("-vv", "--noudevrules", "resume", OTHER),
                List.of("-vv", "--udevcookie", "0xd4d0001", "resume", OTHER),
                List.of("-vv", "--udevcookie", "0x1", "resume", OTHER),
                List.of("-vv", "udevcomplete", "0xd4d0001"),
                List.of("-vv", "udevreleasecookie", "0xd4d0001"),
                List.of("-vv", "create", NAME, "--table", "0 8 bogus"),
                List.of("-vv", "wipe_table", OTHER),
                List.of("-vv", "remove", OTHER));
        final List<String> theirs = said(List.of("/usr/sbin/dmsetup"), lines);
        final List<String> ours =
                said(List.of(Guest.checkout().resolve("bin/dmctl").toString(), "--compat=dmsetup"), lines);
        for (int i = 0; i < lines.size(); i++) {
            assertEquals(theirs.get(i), ours.get(i), String.join(" ", lines.get(i)));
        }
    }

    private static List<String> said(List<String> program, List<List<String>> lines) {
        final List<String> said = new ArrayList<>();
        for (List<String> words : lines) {
            final List<String> command = new ArrayList<>(program);
            command.addAll(words);
            final Guest.Result result = Guest.run(Duration.ofMinutes(1), command, "");
            said.add((result.out() + result.err())
                    .replace("synchronisation", "synchronization")
                    .replaceAll("0xd4d[0-9a-f]{4}", "COOKIE")
                    .replaceAll("semid [0-9]+", "semid N"));
        }
        return said;
    }

    private static void run(List<String> as, String... words) {
        final List<String> line = new ArrayList<>(as);
        line.addAll(List.of(words));
        final Guest.Result result = Guest.dmctl(line.toArray(String[]::new));
        result.ok();
        assertEquals("", result.err());
    }

    /// udev's rules look at what is on a device only when the event has the flags of a change.
    @Test
    void whatIsOnTheDeviceIsFound() throws Exception {
        Guest.sh("mkfs.ext4 -q -L DMCTLTEST /dev/ubda").ok();
        Guest.dmctl("create", NAME, "--engine", "kernel", "--table", "0 131072 linear /dev/ubda 0")
                .ok();
        assertEquals(NODE.toRealPath(), Path.of("/dev/disk/by-label/DMCTLTEST").toRealPath());
        Guest.dmctl("remove", NAME).ok();
        assertFalse(Files.exists(Path.of("/dev/disk/by-label/DMCTLTEST"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void anUdevThatHangsIsNotWaitedForLong() throws Exception {
        Guest.sh("pkill -STOP udevadm").ok();
        final Guest.Result late = create("--udev-timeout", "1");
        late.ok();
        assertTrue(late.err().contains(COOKIE), late.err());
        assertTrue(late.err().contains("udev has not made " + NODE), late.err());
        final Guest.Result required = Guest.dmctl("rename", NAME, OTHER, "--udev-timeout", "1", "--udev", "required");
        assertEquals(7, required.exitCode(), required.err());
        assertTrue(required.err().contains(COOKIE), required.err());
        assertTrue(Guest.dmctl("ls").ok().contains(OTHER));
        Guest.sh("pkill -CONT udevadm").ok();
    }

    @Test
    void udevLeavesADeviceAloneThatIsMadeWithoutIt() throws Exception {
        create("--udev", "none").ok();
        assertFalse(Files.isSymbolicLink(NODE));
        Guest.sh("test -b " + NODE).ok();
        Guest.dmctl("remove", NAME, "--udev", "none").ok();
        assertFalse(Files.exists(NODE, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void featuresTellsWhoseTheNodesAre() {
        assertTrue(Guest.dmctl("features").ok().contains("makes the nodes in /dev/mapper"));
    }
}
