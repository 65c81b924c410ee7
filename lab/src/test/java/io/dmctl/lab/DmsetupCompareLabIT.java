package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// dmctl and dmsetup tell the same of the same kernel devices, byte for byte.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class DmsetupCompareLabIT {
    private static final String SUFFIX = "_dmctl_test_delme";
    private static final List<String> DEVICES =
            List.of("linear", "striped", "zero", "error", "suspended", "empty", "loaded", "swap", "readonly", "a b");

    @BeforeAll
    static void makeDevices() {
        if (!Guest.isHere()) {
            return;
        }
        Guest.sh("""
                t=_dmctl_test_delme
                printf '0 1024 linear /dev/ubda 204\\n1024 512 linear /dev/ubdb 766\\n1536 128 error\\n' | dmsetup create linear$t -u U-1-linear
                dmsetup create striped$t --table '0 4096 striped 2 64 /dev/ubda 8192 /dev/ubdb 8192'
                dmsetup create zero$t --table '0 8 zero'
                dmsetup create error$t --table '0 8 error'
                dmsetup create suspended$t --table '0 64 linear /dev/ubda 32768'
                dmsetup suspend suspended$t
                dmsetup create empty$t --notable
                dmsetup create loaded$t --notable -u U-loaded
                dmsetup load loaded$t --table '0 64 linear /dev/ubdb 32768'
                dmsetup create swap$t --table '0 64 linear /dev/ubda 40960'
                dmsetup load swap$t --table '0 32 zero'
                dmsetup create readonly$t -r --table '0 64 linear /dev/ubda 49152'
                dmsetup create "a b$t" --table '0 16 zero'
                dmsetup mknodes
                """).ok();
    }

    @AfterAll
    static void removeDevices() {
        if (Guest.isHere()) {
            for (String device : DEVICES) {
                Guest.run(Guest.TIMEOUT, List.of("dmsetup", "remove", device + SUFFIX));
            }
        }
    }

    static Stream<List<String>> commands() {
        List<List<String>> all = new ArrayList<>();
        for (String command : List.of("table", "status", "info", "deps")) {
            all.add(List.of(command));
            // A JVM's start in the guest takes two seconds: few calls, with many devices each.
            for (String device : List.of("striped", "empty", "swap")) {
                all.add(List.of(command, device + SUFFIX));
            }
            all.add(Stream.concat(
                            Stream.of(command), DEVICES.reversed().stream().map(device -> device + SUFFIX))
                    .toList());
            all.add(List.of(command, "-u", "U-1-linear"));
            all.add(List.of(command, "/dev/mapper/zero" + SUFFIX));
            all.add(List.of(command, "--inactive"));
        }
        for (String command : List.of("table", "status")) {
            all.add(List.of(command, "--target", "linear"));
            all.add(List.of(command, "--target", "zero", "linear" + SUFFIX));
            all.add(List.of(command, "--noflush", "striped" + SUFFIX));
        }
        all.add(List.of("ls"));
        all.add(List.of("ls", "--target", "linear"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void printsTheSameBytes(List<String> command) {
        Guest.Result theirs = dmsetup(command);
        Guest.Result ours = Guest.dmctl(command.toArray(new String[0]));
        assertEquals(theirs.out(), ours.out(), ours::toString);
        assertEquals(theirs.exitCode(), ours.exitCode(), ours::toString);
    }

    @Test
    void printsTheSameTargets() {
        assertEquals(
                dmsetup(List.of("targets")).ok(),
                Guest.dmctl("targets", "--engine", "kernel").ok());
    }

    @Test
    void printsTheSameDriverVersion() {
        String theirs = driver(dmsetup(List.of("version")).ok());
        assertEquals(theirs, driver(Guest.dmctl("version").ok()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "status", "info", "deps", "remove", "suspend", "resume", "clear", "wait"})
    void failsWhereDmsetupFails(String command) {
        List<String> line = List.of(command, "nosuch" + SUFFIX);
        assertNotEquals(0, dmsetup(line).exitCode());
        Guest.Result ours = Guest.dmctl(line.toArray(new String[0]));
        assertEquals(3, ours.exitCode(), ours::toString);
        assertEquals("", ours.out());
    }

    private static Guest.Result dmsetup(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("dmsetup"));
        command.addAll(arguments);
        return Guest.run(Duration.ofSeconds(10), command);
    }

    private static String driver(String version) {
        return version.lines()
                .filter(line -> line.startsWith("Driver version:"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(version));
    }
}
