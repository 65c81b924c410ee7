package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Both engines refuse the same tables with the same errno, say where the fault is, and leave nothing behind: in a
/// server
/// that has another device, for a start of one costs seconds; one test has a server of its own.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class BadTablesLabIT {
    private static final Pattern ERRNO = Pattern.compile("\\((E[A-Z0-9]+)\\)");
    private static final int INVALID_TABLE = 6;
    private static final String KERNELS = "kernel_dmctl_test_delme";
    private static final String OURS = "java_dmctl_test_delme";
    private static final String HOLDER = "holder_dmctl_test_delme";
    private static final String GROUP = "bad";

    /// A table, the errno (empty: refused before any engine sees it), and what the message must say.
    record Bad(String table, String errno, List<String> says) {
        Bad(String table, String errno, String... says) {
            this(table, errno, List.of(says));
        }

        @Override
        public String toString() {
            return table.replace('\n', ';');
        }
    }

    private static Bad einval(String table, String... says) {
        return new Bad(table, "EINVAL", says);
    }

    private static Bad syntax(String table, String... says) {
        return new Bad(table, "", says);
    }

    static Stream<Bad> tables() {
        return Stream.of(
                // The text.
                syntax("", "the table has no line"),
                syntax("# nothing", "the table has no line"),
                syntax("zero", "line 1, column 1"),
                syntax("0 8", "line 1, column 4"),
                syntax("a 8 zero", "line 1, column 1", "'a'"),
                syntax("0 8x zero", "line 1, column 4", "'8x'"),
                syntax("-1 8 zero", "line 1, column 1", "'-1'"),
                syntax("0 0x8 zero", "line 1, column 4", "'0x8'"),
                syntax("0 99999999999999999999 zero", "line 1, column 3"),
                syntax("0 8 zero\n8 eight zero", "line 2, column 3", "'eight'"),
                syntax("0 8 a_name_of_16_let", "line 1, column 5"),
                // The shape.
                einval("0 0 zero", "table line 1", "zero-length target"),
                einval("0 8 zero\n8 0 zero", "table line 2", "zero-length target"),
                einval("8 8 zero", "table line 1", "Gap in table"),
                einval("0 8 zero\n9 8 zero", "table line 2", "Gap in table"),
                einval("0 8 zero\n4 8 zero", "table line 2", "Gap in table"),
                einval("8 8 zero\n0 8 zero", "table line 1", "Gap in table"),
                einval("0 8 zero\n0 8 zero", "table line 2", "Gap in table"),
                einval("0 18446744073709551615 zero", "table line 1", "too large"),
                einval("0 9223372036854775808 zero", "table line 1", "too large"),
                einval("0 8 no_such_target", "table line 1", "unknown target type"),
                einval("0 8 zero\n8 8 no_such_target", "table line 2", "unknown target type"),
                // Arguments.
                einval("0 8 zero extra", "table line 1", "argument 1 'extra'"),
                einval("0 8 linear", "table line 1", "argument 1 (missing)"),
                einval("0 8 linear /dev/ubda", "table line 1", "argument 2 (missing)"),
                einval("0 8 linear /dev/ubda 0 extra", "table line 1", "argument 3 'extra'"),
                einval("0 8 linear /dev/ubda x", "table line 1", "argument 2 'x'"),
                einval("0 8 linear /dev/ubda -1", "table line 1", "argument 2 '-1'"),
                einval("0 8 linear /dev/ubda 0x10", "table line 1", "argument 2 '0x10'"),
                einval("0 8 linear /dev/ubda 8k", "table line 1", "argument 2 '8k'"),
                einval("0 8 striped 2", "table line 1", "striped", "argument 2 (missing)"),
                einval("0 8 striped 0 8 /dev/ubda 0", "table line 1", "argument 1 '0'"),
                einval("0 8 striped x 8 /dev/ubda 0", "table line 1", "argument 1 'x'"),
                einval("0 64 striped 2 0 /dev/ubda 0 /dev/ubdb 0", "table line 1", "argument 2 '0'"),
                einval("0 64 striped 2 -8 /dev/ubda 0 /dev/ubdb 0", "table line 1", "argument 2 '-8'"),
                einval(
                        "0 63 striped 2 8 /dev/ubda 0 /dev/ubdb 0",
                        "table line 1",
                        "not divisible by number of stripes"),
                einval("0 24 striped 2 8 /dev/ubda 0 /dev/ubdb 0", "table line 1", "not divisible by chunk size"),
                einval("0 64 striped 2 8 /dev/ubda 0", "table line 1", "Not enough destinations"),
                einval("0 64 striped 2 8 /dev/ubda 0 /dev/ubdb y", "table line 1", "stripe destination"),
                // Devices.
                new Bad("0 8 linear /dev/nosuch 0", "ENOENT", "table line 1", "argument 1 '/dev/nosuch'"),
                new Bad(
                        "0 8 linear /dev/ubda 0\n8 8 linear /dev/nosuch 0",
                        "ENOENT",
                        "table line 2",
                        "argument 1 '/dev/nosuch'"),
                new Bad("0 64 striped 2 8 /dev/ubda 0 /dev/nosuch 0", "ENOENT", "argument 5 '/dev/nosuch'"),
                new Bad("0 8 linear /dev 0", "ENOTBLK", "argument 1 '/dev'"),
                new Bad("0 8 linear /dev/null 0", "ENOTBLK", "argument 1 '/dev/null'"),
                einval("0 8 linear /dev/ubda 131072", "table line 1", "too small"),
                einval("0 131073 linear /dev/ubda 0", "table line 1", "too small"),
                einval("0 8 linear /dev/ubda 18446744073709551612", "table line 1", "too small"),
                einval("0 8 linear /dev/ubda 0\n8 8 linear /dev/ubdb 131068", "table line 2", "too small"));
    }

    @BeforeAll
    static void aServer() throws Exception {
        if (Guest.isHere()) {
            requireThere("");
            try (Devices devices = new Devices()) {
                devices.create(Engine.JAVA, HOLDER, "0 8 zero", new LoadOptions("ublk", 1, 4, GROUP));
            }
            requireThere(HOLDER);
        }
    }

    @AfterAll
    static void theServerEnds() throws Exception {
        if (Guest.isHere()) {
            try (Devices devices = new Devices()) {
                devices.remove(Engine.JAVA, HOLDER);
            }
            Remains.requireNone();
            requireThere("");
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void bothEnginesRefuse(Bad bad) throws IOException {
        final CompletableFuture<Guest.Result> java =
                CompletableFuture.supplyAsync(() -> create("java", OURS, bad, "--group", GROUP));
        final Guest.Result kernels = create("kernel", KERNELS, bad);
        final Guest.Result ours = java.join();
        assertAll(
                () -> assertRefused(bad, kernels),
                () -> assertRefused(bad, ours),
                () -> assertDmsetupRefuses(bad),
                () -> requireThere(HOLDER));
    }

    /// Started for the load that is refused, it ends with it.
    @Test
    void aServerOfItsOwnIsNotLeft() throws IOException {
        final Bad bad = einval("0 8 linear /dev/ubda", "table line 1", "argument 2 (missing)");
        assertRefused(bad, create("java", OURS, bad));
        requireThere(HOLDER);
    }

    /// The kernel's device-mapper stands on block devices only.
    @Test
    void kernelTakesNoFile() throws IOException {
        final Path file = Files.write(Path.of("/tmp/file_dmctl_test_delme"), new byte[1 << 20]);
        final Bad bad = new Bad("0 8 linear " + file + " 0", "ENOTBLK", "argument 1 '" + file + "'");
        assertRefused(bad, create("kernel", KERNELS, bad));
        requireThere(HOLDER);
        Files.delete(file);
    }

    private static Guest.Result create(String engine, String name, Bad bad, String... more) {
        final List<String> words = new ArrayList<>(List.of("create", name, "--engine", engine, "--table", bad.table()));
        words.addAll(List.of(more));
        return Guest.dmctl(words.toArray(String[]::new));
    }

    private static void assertRefused(Bad bad, Guest.Result result) {
        assertEquals(INVALID_TABLE, result.exitCode(), result::toString);
        final Matcher errno = ERRNO.matcher(result.err());
        assertEquals(bad.errno(), errno.find() ? errno.group(1) : "", result::toString);
        for (String says : bad.says()) {
            assertTrue(result.err().contains(says), () -> "'" + says + "' is not in: " + result);
        }
    }

    /// An empty table is a device without a table for dmsetup.
    private static void assertDmsetupRefuses(Bad bad) {
        if (bad.errno().isEmpty()) {
            return;
        }
        final String name = "dmsetup_dmctl_test_delme";
        final Guest.Result theirs =
                Guest.run(Guest.TIMEOUT, List.of("dmsetup", "create", name, "--table", bad.table()));
        assertNotEquals(0, theirs.exitCode(), theirs::toString);
    }

    /// Nothing but this device and its server; `""`: nothing at all.
    private static void requireThere(String name) throws IOException {
        final List<String> names = name.isEmpty() ? List.of() : List.of(name);
        assertEquals("No devices found\n", Guest.sh("dmsetup ls").ok());
        assertEquals(
                Stream.concat(Stream.of("control"), names.stream()).sorted().toList(), files("/dev/mapper"));
        assertEquals(names, files("/run/dmctl/names"));
        assertEquals(List.of(), files("/run/dmctl/uuids"));
        assertEquals(name.isEmpty() ? List.of() : List.of(GROUP), files("/run/dmctl/groups"));
        assertEquals(
                names.size(),
                ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("io.dmctl.backend.server"))
                        .count());
    }

    private static List<String> files(String folder) throws IOException {
        final Path path = Path.of(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
