package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Both engines on what veritysetup formatted: the same bytes, the same blocks refused or corrected, the same texts.
@LabTest(
        disks = {"2M", "1M", "1M"},
        timeoutSeconds = 600)
class VerityLabIT {
    private static final String NAME = "verity_dmctl_test_delme";
    private static final String ANCHOR = "anchor_dmctl_test_delme";
    private static final Path DEVICE = Path.of("/dev/mapper/" + NAME);
    private static final int BLOCKS = 400;
    private static final int BLOCK = 4096;
    private static final int HASH_BLOCKS = (1 << 20) / BLOCK;
    private static final String ALL_RIGHT = ".".repeat(BLOCKS);
    private static final LoadOptions HOW = new LoadOptions("ublk", 1, 64, "verity");
    private static final Pattern ROOT = Pattern.compile("Root hash:\\s*([0-9a-f]+)");
    private static final Pattern SALT = Pattern.compile("Salt:\\s*([0-9a-f]+|-)");

    private final Devices devices = new Devices();

    /// Keeps the server: its start costs more than a test.
    @BeforeAll
    static void anchor() throws IOException, DmException {
        if (Guest.isHere()) {
            try (Devices all = new Devices()) {
                all.create(Engine.JAVA, ANCHOR, "0 8 zero", HOW);
            }
        }
    }

    @AfterAll
    static void weigh() throws Exception {
        if (Guest.isHere()) {
            try (Devices all = new Devices()) {
                all.remove(Engine.JAVA, ANCHOR);
            }
            Remains.requireNone();
        }
    }

    @AfterEach
    void clean() throws IOException, DmException {
        devices.removeIfThere(NAME);
        devices.close();
    }

    /// Random data, the last twenty blocks zeros; formatted by veritysetup. Answers the root digest and the salt.
    private static String format(int version, String algorithm, String salt, String more) {
        final String told = Guest.sh("head -c " + (BLOCKS - 20) * BLOCK + " /dev/urandom >/dev/ubda;"
                        + " head -c " + 20 * BLOCK + " /dev/zero | dd of=/dev/ubda bs=4k seek=" + (BLOCKS - 20)
                        + " conv=notrunc status=none; veritysetup format --no-superblock --format " + version
                        + " --hash " + algorithm + " --salt " + salt + " --data-blocks " + BLOCKS + " " + more
                        + " /dev/ubda /dev/ubdb")
                .ok();
        return find(ROOT, told) + " " + find(SALT, told);
    }

    private static String find(Pattern pattern, String text) {
        final Matcher m = pattern.matcher(text);
        if (!m.find()) {
            throw new AssertionError(pattern + " is not in: " + text);
        }
        return m.group(1);
    }

    private static String table(int version, String algorithm, String rootAndSalt, String options) {
        return "0 " + BLOCKS * (BLOCK >> 9) + " verity " + version + " /dev/ubda /dev/ubdb 4096 4096 " + BLOCKS + " 0 "
                + algorithm + " " + rootAndSalt + (options.isEmpty() ? "" : " " + options);
    }

    /// What an engine makes of a table: each block's letter (`.` right, `x` refused, `!` wrong), INFO and TABLE.
    private record Seen(String blocks, String before, String after, String table) {}

    private Seen seen(Engine engine, String table, byte[] good) throws IOException, DmException {
        devices.createReadOnly(engine, NAME, table, HOW);
        final String before = devices.statusText(engine, NAME, Kind.INFO);
        final StringBuilder blocks = new StringBuilder();
        try (FileChannel channel = FileChannel.open(DEVICE, StandardOpenOption.READ)) {
            final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            for (int i = 0; i < BLOCKS; i++) {
                blocks.append(read(channel, block, i, good));
            }
        }
        final String after = devices.statusText(engine, NAME, Kind.INFO);
        final String text = devices.tableText(engine, NAME);
        devices.remove(engine, NAME);
        return new Seen(blocks.toString(), before, after, text);
    }

    private static char read(FileChannel channel, ByteBuffer block, int at, byte[] good) {
        try {
            block.clear();
            channel.read(block, (long) at * BLOCK);
            block.flip();
            return block.equals(ByteBuffer.wrap(good, at * BLOCK, BLOCK)) ? '.' : '!';
        } catch (IOException e) {
            return 'x';
        }
    }

    /// What both engines make of it, which must be the same.
    private Seen seenByBoth(String table, byte[] good) throws IOException, DmException {
        final Seen kernels = seen(Engine.KERNEL, table, good);
        final Seen ours = seen(Engine.JAVA, table, good);
        assertEquals(kernels, ours);
        return ours;
    }

    private static byte[] contents() throws IOException {
        final byte[] bytes = new byte[BLOCKS * BLOCK];
        try (RandomAccessFile file = new RandomAccessFile("/dev/ubda", "r")) {
            file.readFully(bytes);
        }
        return bytes;
    }

    private static void spoil(String device, long byteOffset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(device, "rw")) {
            file.seek(byteOffset);
            final int before = file.read();
            file.seek(byteOffset);
            file.write(before ^ 0x10);
            file.getFD().sync();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, sha256, 0102030405060708, ''",
        "1, sha512, -, '2 ignore_zero_blocks check_at_most_once'",
        "0, sha1, ff, '2 try_verify_in_tasklet panic_on_corruption'",
    })
    void whatVeritysetupFormattedIsTheSame(int version, String algorithm, String salt, String options)
            throws IOException, DmException {
        final String root = format(version, algorithm, salt, "");
        assertEquals(ALL_RIGHT, seenByBoth(table(version, algorithm, root, options), contents()).blocks);
    }

    @ParameterizedTest
    @CsvSource({"''", "'1 ignore_corruption'", "'2 ignore_zero_blocks restart_on_error'"})
    void theSameBlocksAreRefused(String options) throws IOException, DmException {
        final String root = format(1, "sha256", "-", "");
        final byte[] good = contents();
        spoil("/dev/ubda", 17L * BLOCK + 5);
        spoil("/dev/ubda", (BLOCKS - 3L) * BLOCK); // zeros in the tree
        spoil("/dev/ubdb", 2L * BLOCK + 70); // the second hash block below the root
        final Seen seen = seenByBoth(table(1, "sha256", root, options), good);
        assertNotEquals(ALL_RIGHT, seen.blocks);
        assertTrue(seen.after.endsWith(" verity C -"), seen.after);
    }

    /// Parity of veritysetup's: a hash block; then as many bad bytes of one codeword as there are roots, which only
    /// knowing the bad blocks corrects; then one more, which nothing corrects.
    @ParameterizedTest
    @CsvSource({"2, ''", "24, ignore_zero_blocks"})
    void theSameBlocksAreCorrected(int roots, String option) throws IOException, DmException {
        final String root = format(1, "sha256", "-", "--fec-device /dev/ubdc --fec-roots " + roots);
        final byte[] good = contents();
        final String words = (option + " use_fec_from_device /dev/ubdc fec_start 0 fec_roots " + roots + " fec_blocks "
                        + (BLOCKS + HASH_BLOCKS))
                .strip();
        final String table = table(1, "sha256", root, words.split(" ", -1).length + " " + words);
        spoil("/dev/ubdb", 3L * BLOCK + 70);
        // The kernel looks at the wrong block again while it corrects it, and calls the device corrupted for that.
        assertEquals(ALL_RIGHT, seen(Engine.KERNEL, table, good).blocks);
        final Seen hash = seen(Engine.JAVA, table, good);
        assertEquals(ALL_RIGHT, hash.blocks);
        assertTrue(hash.after.endsWith(" verity V 1"), hash.after);
        spoil("/dev/ubdb", 3L * BLOCK + 70); // right again
        final int rows = (BLOCKS + HASH_BLOCKS + 254 - roots) / (255 - roots);
        for (int i = 0; i < roots; i++) {
            spoil("/dev/ubda", (3L + (long) i * rows) * BLOCK + 11);
        }
        final Seen seen = seenByBoth(table, good);
        assertEquals(ALL_RIGHT, seen.blocks);
        assertTrue(seen.after.endsWith(" verity V " + roots), seen.after);
        spoil("/dev/ubda", (3L + (long) roots * rows) * BLOCK + 11);
        assertEquals(
                roots + 1,
                seenByBoth(table, good).blocks.chars().filter(c -> c == 'x').count());
    }

    @Test
    void aTableThatMayBeWrittenIsRefused() {
        final String root = format(1, "sha256", "-", "");
        for (Engine engine : Engine.values()) {
            final DmException e = assertThrows(
                    DmException.class, () -> devices.create(engine, NAME, table(1, "sha256", root, ""), HOW));
            assertEquals(22, e.errno(), engine::toString);
        }
    }

    /// The kernel would restart the guest; ours ends the server, and the device with it.
    @Test
    void restartOnCorruptionEndsTheServer() throws Exception {
        final String root = format(1, "sha256", "-", "");
        spoil("/dev/ubda", 17L * BLOCK);
        final LoadOptions alone = new LoadOptions("ublk", 1, 64, "restart");
        devices.createReadOnly(Engine.JAVA, NAME, table(1, "sha256", root, "1 restart_on_corruption"), alone);
        assertNotEquals(
                0,
                Guest.sh("dd if=" + DEVICE + " of=/dev/null bs=4k count=1 skip=17 iflag=direct")
                        .exitCode());
        Await.until(
                "the server is gone",
                Duration.ofSeconds(20),
                () -> Remains.servers().size() == 1);
        Guest.dmctl("remove", NAME).ok();
    }
}
