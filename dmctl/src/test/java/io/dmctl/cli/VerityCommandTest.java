package io.dmctl.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `verity` beside veritysetup, on files: root hash, superblock, tree and parity are the same bytes.
class VerityCommandTest {
    private static final Path VERITYSETUP = Path.of("/usr/sbin/veritysetup");
    private static final String UUID = "12345678-9abc-def0-1234-56789abcdef0";
    private static final Pattern ROOT = Pattern.compile("Root hash:\\s*([0-9a-f]+)");

    @TempDir
    Path dir;

    private Path data;

    @BeforeEach
    void fill() throws IOException {
        final byte[] bytes = new byte[1_300_000];
        new SplittableRandom(5).nextBytes(bytes);
        Arrays.fill(bytes, 700_000, 1_000_000, (byte) 0);
        data = Files.write(dir.resolve("data"), bytes);
    }

    private static void needVeritysetup() {
        assumeTrue(Files.isExecutable(VERITYSETUP), "no " + VERITYSETUP + ": apt-get install cryptsetup-bin");
    }

    private static String ok(CliRun run) {
        assertEquals(0, run.exitCode(), run::toString);
        return run.out();
    }

    private static CliRun dmctl(String words, Object... more) {
        final List<String> args = new ArrayList<>(List.of("verity"));
        args.addAll(List.of(words.split(" ")));
        for (Object word : more) {
            args.add(word.toString());
        }
        return CliRun.of(args.toArray(new String[0]));
    }

    private static String veritysetup(int exitCode, String words, Object... more) throws Exception {
        final List<String> args = new ArrayList<>(List.of(VERITYSETUP.toString()));
        args.addAll(List.of(words.split(" ")));
        for (Object word : more) {
            args.add(word.toString());
        }
        final Process process =
                new ProcessBuilder(args).redirectErrorStream(true).start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(exitCode, process.exitValue(), args + ": " + text);
        return text;
    }

    private static String root(String text) {
        final Matcher m = ROOT.matcher(text);
        assertTrue(m.find(), text);
        return m.group(1);
    }

    private static void spoil(Path file, long offset) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(offset);
            final int before = f.read();
            f.seek(offset);
            f.write(before ^ 0x41);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--hash sha256 --salt 00112233",
                "--hash sha1 --salt - --format 0 --data-block-size 1024 --hash-block-size 512",
                "--hash sha512 --salt ff --data-block-size 512 --hash-block-size 4096 --data-blocks 1000",
                "--hash sha384 --salt 0102 --hash-block-size 1024 --hash-offset 8192",
                "--hash sha256 --salt - --no-superblock --data-blocks 1",
                "--hash sha256 --salt 00 --no-superblock --hash-offset 4096 --format 0",
                "--hash sha256 --salt 00 --fec-roots 2 --fec-device PARITY",
                "--hash sha512 --salt 00 --fec-roots 24 --fec-device PARITY --data-block-size 1024 --hash-block-size"
                        + " 1024",
                "--hash sha256 --salt 00 --fec-roots 13 --fec-device PARITY --fec-offset 8192 --no-superblock",
            })
    void everyByteIsVeritysetups(String options) throws Exception {
        needVeritysetup();
        final Path theirs = dir.resolve("theirs");
        final Path theirParity = dir.resolve("theirs.parity");
        Files.createFile(theirs);
        Files.createFile(theirParity);
        final Path ours = dir.resolve("ours");
        final Path ourParity = dir.resolve("ours.parity");
        final String more = options.contains("--no-superblock") ? "" : " --uuid " + UUID;
        final String root = root(
                veritysetup(0, "format " + options.replace("PARITY", theirParity.toString()) + more, data, theirs));
        final String ourOptions = options.replace("PARITY", ourParity.toString());
        final CliRun run = dmctl("format " + ourOptions + more, data, ours);
        assertEquals(root, root(ok(run)));
        assertEquals("", run.err());
        assertArrayEquals(Files.readAllBytes(theirs), Files.readAllBytes(ours), "hashes");
        if (options.contains("PARITY")) {
            assertArrayEquals(Files.readAllBytes(theirParity), Files.readAllBytes(ourParity), "parity");
        }
        final String there = options.contains("--no-superblock") ? ourOptions : keep(ourOptions);
        ok(dmctl("verify " + there, data, theirs, root));
        veritysetup(0, "verify " + there, data, ours, root);
    }

    /// The options that a superblock does not hold.
    private static String keep(String options) {
        final StringBuilder kept = new StringBuilder(options.contains("--hash-offset") ? "" : "--hash-offset 0");
        final Matcher m = Pattern.compile("--(hash-offset|fec-[a-z]+) \\S+").matcher(options);
        while (m.find()) {
            kept.append(' ').append(m.group());
        }
        return kept.toString().strip();
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "8, 8", "2, 3"})
    void theParityCorrectsAsManyAsVeritysetupFinds(int roots, int bad) throws Exception {
        needVeritysetup();
        final Path hash = dir.resolve("hash");
        final Path parity = dir.resolve("parity");
        final String root = root(ok(dmctl(
                "format --data-block-size 512 --hash-block-size 512 --fec-roots " + roots + " --fec-device",
                parity,
                data,
                hash)));
        final long rows = (Files.size(data) / 512 + Files.size(hash) / 512 - 1 + 254 - roots) / (255 - roots);
        for (int i = 0; i < bad; i++) {
            spoil(data, (5 + 3L * i * rows) * 512 + 17);
        }
        final CliRun run = dmctl("verify --fec-roots " + roots + " --fec-device", parity, data, hash, root);
        assertEquals(ExitCode.DIFFERENT.code(), run.exitCode(), run::toString);
        final int corrected = bad <= roots ? bad : 0;
        assertTrue(
                run.err()
                        .contains(bad + " data and 0 hash blocks are wrong, of which the parity corrects " + corrected),
                run::toString);
        if (bad <= roots / 2) {
            assertTrue(veritysetup(0, "verify --fec-roots " + roots + " --fec-device", parity, data, hash, root)
                    .contains(bad + " repairable errors"));
        }
    }

    @Test
    void wrongBlocksAreNamed() throws IOException {
        final Path hash = dir.resolve("hash");
        final String root = root(ok(dmctl("format --salt -", data, hash)));
        assertTrue(ok(dmctl("verify", data, hash, root)).contains("all 317 data blocks and 4 hash blocks are right"));
        spoil(data, 7 * 4096 + 1);
        spoil(data, 316 * 4096);
        spoil(hash, 4 * 4096 + 4000); // the unused bytes of the last block count too
        final CliRun run = dmctl("verify", data, hash, root);
        assertEquals(ExitCode.DIFFERENT.code(), run.exitCode());
        assertEquals("data block 7 is wrong\ndata block 316 is wrong\nhash block 4 is wrong\n", run.out());
        assertEquals("dmctl verity: " + data + ": 2 data and 1 hash blocks are wrong\n", run.err());
        final String other = root.replace(root.charAt(0), root.charAt(0) == 'a' ? 'b' : 'a');
        assertTrue(dmctl("verify", data, hash, other).out().contains("hash block 1 is wrong"));
    }

    @Test
    void theTableIsForCreate() throws IOException {
        final Path hash = dir.resolve("hash");
        final Path parity = dir.resolve("parity");
        final String told = ok(dmctl("format --salt 0a --fec-device", parity, data, hash));
        final String root = root(told);
        final String line = ok(dmctl("table --fec-device", parity, data, hash, root));
        assertEquals(
                "0 2536 verity 1 " + data + " " + hash + " 4096 4096 317 1 sha256 " + root
                        + " 0a 8 use_fec_from_device " + parity + " fec_blocks 321 fec_start 0 fec_roots 2\n",
                line);
        assertTrue(told.contains("Table:          \t" + line), told);
    }

    @Test
    void dumpPrintsWhatFormatSaid() throws IOException {
        final Path hash = dir.resolve("hash");
        final String told = ok(dmctl("format --hash sha1 --hash-offset 4096", data, hash));
        assertTrue(told.startsWith(ok(dmctl("dump --hash-offset 4096", hash))), told);
        dmctl("dump", hash).refused(ExitCode.FAILED, "dmctl verity", "no verity superblock at byte 0");
    }

    @Test
    void dataAndHashesInOneFile() throws IOException {
        final String root = root(ok(dmctl("format --hash-offset 1048576", data, data)));
        assertTrue(ok(dmctl("verify --hash-offset 1048576", data, data, root)).contains("all 256 data blocks"));
        dmctl("format --data-blocks 300 --hash-offset 1048576", data, data)
                .refused(ExitCode.USAGE, "dmctl verity", "is inside the data");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format --hash crc32c | the JDK does not have it",
                "format --hash-block-size 768 | must be a power of two",
                "format --data-block-size 100 | must be in 512..524288",
                "format --salt xyz | --salt must be",
                "format --uuid 1-2-3-4-5 | is no uuid",
                "format --hash-offset 100 | multiple of 512",
                "format --no-superblock --hash-offset 512 | multiple of the hash block size",
                "format --fec-roots 1 --fec-device FEC | --fec-roots must be in 2..24",
                "format --hash-block-size 512 --fec-device FEC | must be of one size",
                "verify | takes DATA and HASH and the root hash",
                "mend | is not one of format, verify, table, dump",
            })
    void refused(String words, String text) {
        final Path hash = dir.resolve("hash");
        final CliRun run = dmctl(words.replace("FEC", dir.resolve("fec").toString()), data, hash);
        assertTrue(run.exitCode() == ExitCode.USAGE.code() || run.exitCode() == ExitCode.UNSUPPORTED.code());
        assertTrue(run.err().contains(text), run::toString);
        assertFalse(Files.exists(hash) || Files.exists(dir.resolve("fec")));
    }

    @Test
    void parityInsideTheTreeIsRefusedBeforeAnythingIsWritten() {
        final Path hash = dir.resolve("hash");
        dmctl("format --fec-device " + hash + " --fec-offset 4096", data, hash)
                .refused(ExitCode.USAGE, "dmctl verity", "--fec-offset 4096 is inside the tree");
        assertFalse(Files.exists(hash));
    }

    @Test
    void whatIsNotThereIsSaid() {
        dmctl("format", dir.resolve("nosuch"), dir.resolve("hash"))
                .refused(ExitCode.NOT_FOUND, "dmctl verity", "nosuch: No such file or directory (ENOENT)");
    }
}
