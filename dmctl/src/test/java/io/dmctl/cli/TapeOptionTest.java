package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--record` and `--replay`, on any machine: what is refused, and replays of records that are written here as
/// a kernel's device gave them.
class TapeOptionTest {
    private static final String KERNEL = """
            dmctl-record 1
            seen kernel yes%0adevice-mapper%204.50.0%0a
            """;

    @TempDir
    Path folder;

    private Path record(String lines) throws IOException {
        return Files.writeString(folder.resolve("a.record"), KERNEL + lines);
    }

    private CliRun replay(String lines, String... words) throws IOException {
        final Path file = record(lines);
        final String[] line = new String[words.length + 2];
        line[0] = "--replay";
        line[1] = file.toString();
        System.arraycopy(words, 0, line, 2, words.length);
        return CliRun.of(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--record             | needs a file",
                "--replay=            | needs a file",
                "--record no-such-file | a command is missing",
                "--record no-such-file --replay y ls | one record at a time",
                "--recording no-such-file ls | --recording",
                "--replay no-such-file nonsense | no such command",
                "--record no-such-file --version | no such command",
            })
    void aLineThatCannotBeMeantIsRefused(String line, String text) {
        final CliRun run = CliRun.of(line.strip().split(" ", -1));
        assertEquals(ExitCode.USAGE.code(), run.exitCode(), run::toString);
        assertTrue(run.err().startsWith("dmctl: ") && run.err().contains(text), run::toString);
        assertFalse(Files.exists(Path.of("no-such-file")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "top", "features", "quickstart"})
    void aCommandWithMoreThanIoctlsIsRefusedBeforeAFileIsMade(String command) {
        final Path file = folder.resolve("new.record");
        CliRun.of("--record", file.toString(), command)
                .refused(ExitCode.UNSUPPORTED, "dmctl " + command, "--record: " + command);
        assertFalse(Files.exists(file));
    }

    @Test
    void aReplayThatNeedsTheMachineIsRefused() throws IOException {
        replay("end\n", "diff", folder.toString())
                .refused(ExitCode.UNSUPPORTED, "dmctl diff", "block devices of this machine");
        replay("end\n", "create", "d0", "--engine", "java", "--table", "0 8 zero")
                .refused(ExitCode.UNSUPPORTED, "dmctl create", "not on this engine");
    }

    @Test
    void aCommandLineThatIsWrongLeavesNoFile() {
        final Path file = folder.resolve("new.record");
        CliRun.of("--record", file.toString(), "create", "d0", "--queues", "x")
                .refused(ExitCode.USAGE, "dmctl create", "--queues");
        assertEquals(
                0, CliRun.of("--record", file.toString(), "create", "--help").exitCode());
        // It is read before the record is begun; what it lacks is found behind that.
        assertFalse(Files.exists(file));
    }

    @Test
    void aFileThatIsThereOrCannotBeMadeIsTold() throws IOException {
        final Path file = record("end\n");
        CliRun.of("--record", file.toString(), "ls")
                .refused(ExitCode.BUSY, "dmctl ls", "File exists (EEXIST): a record is not written over another file");
        CliRun.of("--record", folder + "/no/such", "ls").refused(ExitCode.NOT_FOUND, "dmctl ls", "(ENOENT)");
        CliRun.of("--replay", folder + "/no/such", "ls").refused(ExitCode.NOT_FOUND, "dmctl ls", "(ENOENT)");
        Files.writeString(file, "x");
        CliRun.of("--replay", file.toString(), "ls").refused(ExitCode.FAILED, "dmctl ls", "is no record");
    }

    private static final String LIST = """
            request ioctl 4.0.0 DM_LIST_DEVICES
            reply 0 ok 4.50.0 data_size=336 payload=00fe000000000000000000006430
            """;

    private static final String STATUS = """
            request ioctl 4.0.0 DM_DEV_STATUS name=d0
            reply 0 ok 4.50.0 flags=ACTIVE_PRESENT target_count=1 open_count=1 event_nr=3 dev=254:0 name=d0 uuid=U-1
            """;

    @Test
    void listsAreAnswered() throws IOException {
        assertEquals(new CliRun(0, "d0\t(254:0)\n", ""), replay(LIST + STATUS + "end\n", "ls"));
        assertEquals(
                new CliRun(
                        0,
                        "{\"schema\":1,\"command\":\"ls\",\"devices\":[{\"name\":\"d0\",\"uuid\":\"U-1\","
                                + "\"engine\":\"kernel\",\"major\":254,\"minor\":0}]}\n",
                        ""),
                replay(LIST + STATUS + "end\n", "ls", "--json"));
        final CliRun info = replay(STATUS + STATUS + "seen read-ahead%20254:0 256\nend\n", "info", "d0");
        assertTrue(info.out().contains("Read Ahead:        256\n"), info::toString);
        assertEquals(0, info.exitCode(), info::toString);
        final CliRun version = replay("request ioctl 4.0.0 DM_VERSION\nreply 0 ok 4.9.1\nend\n", "version");
        assertTrue(version.out().contains("Driver version:    4.9.1\n"), version::toString);
        assertEquals(0, version.exitCode(), version::toString);
    }

    @Test
    void whatWasForbiddenIsForbidden() throws IOException {
        final Path file = Files.writeString(
                folder.resolve("b.record"),
                "dmctl-record 1\nseen kernel no%0anode:%20Permission%20denied%20(EACCES)%0abe%20root\nend\n");
        assertEquals(
                new CliRun(
                        0,
                        "No devices found\n",
                        "dmctl ls: the kernel's devices are not shown: node: Permission denied (EACCES): be root\n"),
                CliRun.of("--replay", file.toString(), "ls"));
    }

    @Test
    void whatDiffersIsToldOnce() throws IOException {
        final CliRun other = replay(STATUS + STATUS + "seen read-ahead%20254:0 256\nend\n", "info", "d1");
        other.refused(
                ExitCode.FAILED,
                "dmctl info",
                folder.resolve("a.record")
                        + ": line 3: asked for DM_DEV_STATUS name=d1, the record has DM_DEV_STATUS name=d0");
        assertEquals(1, other.err().lines().count(), other::toString);
        final CliRun less = replay(LIST + STATUS + "end\n", "targets", "--engine", "java");
        assertEquals(ExitCode.FAILED.code(), less.exitCode(), less::toString);
        assertTrue(less.err().contains("line 2: was not asked for"), less::toString);
        final CliRun json = replay(LIST + STATUS + LIST + "end\n", "ls", "--json");
        assertTrue(json.out().contains("\"name\":\"d0\"") && json.out().contains("was not asked for"), json::toString);
        assertEquals(1, json.out().lines().count(), json::toString);
        final CliRun cut = replay(LIST + STATUS, "ls");
        assertEquals(ExitCode.FAILED.code(), cut.exitCode(), cut::toString);
        assertTrue(cut.err().contains("the record is cut off"), cut::toString);
    }

    @Test
    void asDmsetupItIsAnsweredAsWell() throws IOException {
        final String version = "request ioctl 4.0.0 DM_VERSION\nreply 0 ok 4.50.0\n";
        final Path file = Files.writeString(
                folder.resolve("c.record"),
                "dmctl-record 1\n" + version
                        + "request ioctl 4.0.0 DM_LIST_DEVICES\nreply 0 ok 4.50.0 data_size=336 payload=00fe000000000000000000006430\n"
                        + "end\n");
        assertEquals(
                new CliRun(0, "d0\t(254:0)\n", ""), CliRun.of("--replay", file.toString(), "--compat=dmsetup", "ls"));
        final CliRun other = CliRun.of("--replay", file.toString(), "--compat=dmsetup", "info", "d0");
        assertEquals(1, other.exitCode(), other::toString);
        assertTrue(other.err().contains("line 4: asked for DM_DEV_STATUS name=d0"), other::toString);
    }
}
