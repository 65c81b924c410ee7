package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--record` of command lines to the kernel's device-mapper, and `--replay` of the same where there is none,
/// by a process without a capability.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class RecordLabIT {
    private static final String NAME = "record_dmctl_test_delme";
    private static final String OTHER = "other_dmctl_test_delme";
    /// Words with blanks stand in quotes.
    private static final String LINES = """
            create NAME -u RECORD-1 --table "0 2048 linear /dev/ubda 0"
            create NAME --engine kernel --table "0 8 zero"
            reload NAME --table "0 2048 linear /dev/ubda 8"
            resume NAME
            suspend NAME
            resume NAME
            status NAME
            table NAME
            explain NAME
            info --json NAME
            deps --graph dot
            ls
            targets
            version
            message NAME 0 @stats_create - /1
            message NAME 0 @stats_list
            wait NAME 99
            rename NAME OTHER
            rename OTHER NAME
            reload NAME --table "0 8 linear /dev/no-such 0"
            create OTHER --engine kernel --table "0 8 nosuchtarget"
            swap NAME --table "0 2048 zero" --verify-cmd false
            table OTHER
            --compat=dmsetup ls --tree
            --compat=dmsetup info -c
            --compat=dmsetup info OTHER
            --compat=dmsetup reload NAME --table "0 8 linear"
            create OTHER --table "0 8 linear /dev/mapper/NAME 0"
            remove NAME
            remove OTHER NAME
            remove NAME
            """;

    @TempDir
    Path folder;

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (String name : List.of(OTHER, NAME)) {
            Guest.sh("[ ! -b /dev/mapper/" + name + " ] || dmsetup remove " + name);
        }
        Remains.requireNone();
    }

    private static List<String> words(String line) {
        final List<String> words = new ArrayList<>();
        final String[] parts =
                line.replace("NAME", NAME).replace("OTHER", OTHER).split("\"", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                words.add(parts[i]);
            } else {
                words.addAll(Arrays.stream(parts[i].split(" ", -1))
                        .filter(word -> !word.isEmpty())
                        .toList());
            }
        }
        return words;
    }

    private static Guest.Result record(Path file, List<String> words) {
        final List<String> line = new ArrayList<>(List.of("--record", file.toString()));
        line.addAll(words);
        return Guest.dmctl(line.toArray(new String[0]));
    }

    /// Behind an empty /dev/mapper, without a capability.
    private static Guest.Result powerless(List<String> words) {
        final List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-m",
                "sh",
                "-ec",
                "mount -t tmpfs none /dev/mapper; "
                        + "setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \"$@\" || code=$?; "
                        + "[ -z \"$(ls /dev/mapper)\" ] || echo '/dev/mapper was written to'; exit ${code:-0}",
                "sh",
                Guest.checkout().resolve("bin/dmctl").toString()));
        command.addAll(words);
        return Guest.run(Guest.TIMEOUT, command);
    }

    private static Guest.Result replay(Path file, List<String> words) {
        final List<String> line = new ArrayList<>(List.of("--replay", file.toString()));
        line.addAll(words);
        return powerless(line);
    }

    private static String said(Guest.Result result) {
        return result.exitCode() + "\n" + result.out() + result.err();
    }

    @Test
    void commandLinesAreTheSameWithoutTheKernel() {
        final List<String> lines = LINES.lines().toList();
        final List<String> said = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            said.add(said(record(folder.resolve(i + ".record"), words(lines.get(i)))));
        }
        assertEquals(
                "", Guest.sh("dmsetup ls | grep -v 'No devices found' || true").ok());
        final Guest.Result here = powerless(List.of("ls"));
        assertTrue(here.err().contains("the kernel's devices are not shown"), here::toString);
        final List<String> again = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            again.add(said(replay(folder.resolve(i + ".record"), words(lines.get(i)))));
            System.out.println(lines.get(i) + ": " + again.getLast().replace("\n", " | "));
        }
        assertEquals(said, again);
    }

    @Test
    void theRecordHasWhatWasDoneAndNoKey() throws IOException {
        final String key = "00112233445566778899aabbccddeeff".repeat(2);
        final String table = "0 8 crypt aes-xts-plain64 " + key + " 0 /dev/ubda 0";
        final Path made = folder.resolve("made");
        record(made, List.of("create", NAME, "--engine", "kernel", "--table", table))
                .ok();
        assertEquals(
                "0 8 crypt aes-xts-plain64 " + key + " 0 98:0 0\n",
                Guest.dmctl("table", "--showkeys", NAME).ok());
        final Path shown = folder.resolve("shown");
        final List<String> show = List.of("table", "--showkeys", NAME);
        record(shown, show).ok();
        final Path sent = folder.resolve("sent");
        final List<String> send = List.of("message", NAME, "0", "key", "set", key);
        record(sent, send);
        Guest.dmctl("remove", NAME).ok();

        final String hex = key.chars().mapToObj(c -> Integer.toHexString(c)).collect(Collectors.joining());
        for (Path file : List.of(made, shown, sent)) {
            final String text = Files.readString(file);
            assertFalse(text.contains(key) || text.contains(hex), text);
            assertTrue(text.contains("0".repeat(key.length())), text);
            assertTrue(text.endsWith("\nend\n"), text);
        }
        final String text = Files.readString(made);
        assertTrue(
                text.contains("\n# 0 8 crypt aes-xts-plain64 " + "0".repeat(key.length()) + " 0 /dev/ubda 0\n"), text);
        assertTrue(text.indexOf(" DM_DEV_CREATE name=" + NAME) < text.indexOf(" DM_TABLE_LOAD "), text);
        assertTrue(text.indexOf(" DM_TABLE_LOAD ") < text.indexOf(" DM_DEV_SUSPEND "), text);
        replay(made, List.of("create", NAME, "--engine", "kernel", "--table", table))
                .ok();
        assertEquals(
                "0 8 crypt aes-xts-plain64 " + "0".repeat(key.length()) + " 0 98:0 0\n",
                replay(shown, show).ok());
        final Guest.Result other = replay(made, List.of("create", NAME, "--engine", "kernel", "--table", "0 8 zero"));
        assertEquals(1, other.exitCode(), other::toString);
        assertTrue(other.err().contains("; 0 8 zero , the record has DM_TABLE_LOAD"), other::toString);
    }

    @Test
    void aFullDiskEndsTheRecordAndNotTheCommand() {
        final String table = IntStream.range(0, 64)
                .mapToObj(i -> i * 8 + " 8 linear /dev/ubda " + i * 16)
                .collect(Collectors.joining("\n"));
        Guest.sh("mount -t tmpfs -o size=4k none " + folder).ok();
        try {
            final Guest.Result made = record(folder.resolve("full"), List.of("create", NAME, "--table", table));
            assertEquals(1, made.exitCode(), made::toString);
            assertTrue(
                    made.err().contains("No space left on device (ENOSPC): the record is not whole"), made::toString);
            assertEquals(64, Guest.dmctl("table", NAME).ok().lines().count());
            final Guest.Result cut = replay(folder.resolve("full"), List.of("create", NAME, "--table", table));
            assertTrue(cut.exitCode() == 1 && cut.err().contains("the record is cut off"), cut::toString);
        } finally {
            Guest.sh("umount " + folder).ok();
        }
        Guest.dmctl("remove", NAME).ok();
    }

    @Test
    void devicesOfTheJavaEngineAreNotRecorded() {
        Guest.dmctl("create", NAME, "--engine", "java", "--table", "0 8 zero").ok();
        try {
            final Guest.Result info = record(folder.resolve("info"), List.of("info", NAME));
            assertEquals(8, info.exitCode(), info::toString);
            assertTrue(info.err().contains("not on this engine"), info::toString);
            final Guest.Result all = record(folder.resolve("all"), List.of("ls"));
            assertEquals("No devices found\n", all.ok());
            assertTrue(all.err().contains("the Java engine's devices are left out"), all::toString);
        } finally {
            Guest.dmctl("remove", NAME).ok();
        }
    }
}
