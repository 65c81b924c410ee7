package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// `verity VERSION DATA HASH DATA_BLOCK HASH_BLOCK BLOCKS HASH_START ALGORITHM ROOT SALT [COUNT OPTION...]`
public final class VerityRow implements ParityRow {
    private static final String ROOT = "0123456789abcdef".repeat(4);
    private static final String TOO_LONG = "9223372036854775808";
    private static final int BLOCK_BYTES = 4096;
    private static final byte[] DATA = data();
    private static final byte[] TREE = tree();

    @Override
    public String target() {
        return "verity";
    }

    @Override
    public int disks() {
        return 3;
    }

    @Override
    public boolean readOnly() {
        return true;
    }

    @Override
    public Map<Proof, String> exempt() {
        final String why = "nothing can be written: VerityLabIT opens what veritysetup formatted";
        return Map.of(Proof.T3, why, Proof.T4, why, Proof.T5, why);
    }

    // ---- T2, T6 and T7: all of the first disk, and its tree of two levels, the upper one first ----

    @Override
    public void prepare(Disks disks) throws Exception {
        write(disks.path(0), DATA);
        write(disks.path(1), TREE);
    }

    private static void write(String path, byte[] bytes) throws IOException {
        try (FileChannel disk = FileChannel.open(Path.of(path), StandardOpenOption.WRITE)) {
            disk.write(ByteBuffer.wrap(bytes));
            disk.force(false);
        }
    }

    @Override
    public List<String> mapTables(Disks disks) {
        final String whole = "0 8192 verity 1 " + disks.path(0) + " " + disks.path(1) + " 4096 4096 1024 0 sha256 "
                + HexFormat.of().formatHex(sha256(TREE, 0, BLOCK_BYTES)) + " -";
        return List.of(
                whole,
                whole + " 2 check_at_most_once ignore_zero_blocks",
                whole.replace("0 8192", "0 4096"),
                whole.replace("verity 1", "verity 0") + " 1 ignore_corruption");
    }

    @Override
    public OpMix ops() {
        return OpMix.ALL.readOnly().sizes(BLOCK_BYTES >> 9, OpMix.ALL.maxSectors());
    }

    /// Numbers that differ from block to block, but for some blocks of zeros.
    private static byte[] data() {
        final byte[] data = new byte[1024 * BLOCK_BYTES];
        final Random random = new Random(1);
        random.nextBytes(data);
        for (int block = 0; block < 1024; block += 7) {
            Arrays.fill(data, block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES, (byte) 0);
        }
        return data;
    }

    private static byte[] tree() {
        final int digestBytes = 32;
        final byte[] tree = new byte[9 * BLOCK_BYTES];
        for (int block = 0; block < 1024; block++) {
            System.arraycopy(
                    sha256(DATA, block * BLOCK_BYTES, BLOCK_BYTES),
                    0,
                    tree,
                    BLOCK_BYTES + block * digestBytes,
                    digestBytes);
        }
        for (int block = 1; block < 9; block++) {
            System.arraycopy(
                    sha256(tree, block * BLOCK_BYTES, BLOCK_BYTES), 0, tree, (block - 1) * digestBytes, digestBytes);
        }
        return tree;
    }

    private static byte[] sha256(byte[] bytes, int at, int count) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, at, count);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- T1: no tree is needed where nothing is read ----

    private static String line(Disks disks) {
        return "0 800 verity 1 " + disks.path(0) + " " + disks.path(1) + " 4096 4096 100 0 sha256 " + ROOT + " -";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String good = line(disks);
        final String fec = " use_fec_from_device " + disks.path(2) + " fec_blocks 200 fec_start 1 fec_roots 3";
        return List.of(
                good,
                good.replace("verity 1", "verity 0"),
                good.replace("0 800", "0 400"),
                good.replace(disks.path(1), disks.path(0)).replace(" 100 0 ", " 100 100 "),
                good.replace("4096 4096 100", "512 512 800"),
                good.replace("4096 4096 100", "1024 65536 400"),
                good.replace("sha256", "sha1").replace(ROOT, ROOT.substring(24)),
                good.replace("sha256", "sha512").replace(ROOT, ROOT + ROOT),
                good.replace(ROOT, ROOT.replace('a', 'A')),
                good.replace(" -", " 00ffAA"),
                good + " 0",
                good + " 0 and more",
                good + " 1 ignore_corruption",
                good + " 2 restart_on_error RESTART_on_corruption",
                good + " 3 panic_on_corruption panic_on_error try_verify_in_tasklet",
                good
                        + " 5 ignore_zero_blocks ignore_zero_blocks check_at_most_once check_at_most_once"
                        + " ignore_zero_blocks",
                good + " 8" + fec,
                good + " 10 fec_roots 2 fec_roots 24 fec_blocks 104 fec_start 0 use_fec_from_device " + disks.path(2),
                good + " 2 fec_roots 2",
                good + " 13 check_at_most_once" + fec + " ignore_zero_blocks try_verify_in_tasklet ignore_corruption"
                        + " panic_on_error");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String good = line(disks);
        final String fec = " use_fec_from_device " + disks.path(2);
        return List.of(
                "0 800 verity",
                good.replace(" -", ""),
                good.replace("verity 1", "verity 2"),
                good.replace("verity 1", "verity x"),
                good.replace(disks.path(0), "/dev/nosuch"),
                good.replace(disks.path(1), "/dev/nosuch"),
                good.replace("4096 4096", "0 4096"),
                good.replace("4096 4096", "3072 4096"),
                good.replace("4096 4096", "256 4096"),
                good.replace("4096 4096", "8192 4096"),
                good.replace("4096 4096", "4096 0"),
                good.replace("4096 4096", "4096 256"),
                good.replace("4096 4096", "4096 2147483648"),
                good.replace(" 100 0 ", " x 0 "),
                good.replace(" 100 0 ", " " + TOO_LONG + " 0 "),
                good.replace(" 100 0 ", " 99 0 "),
                good.replace(" 100 0 ", " 100 x "),
                good.replace(" 100 0 ", " 100 " + TOO_LONG + " "),
                good.replace(" 100 0 ", " 100 1024 "),
                good.replace("4096 4096", "4096 512").replace(" 100 0 ", " 100 18446744073709551615 "),
                good.replace("sha256", "nosuch"),
                good.replace("sha256", "sha1"),
                good.replace(ROOT, ROOT.substring(1)),
                good.replace(ROOT, "x" + ROOT.substring(1)),
                good.replace(" -", " 123"),
                good.replace(" -", " 0x12"),
                good + " x",
                good + " 14",
                good + " 1",
                good + " 1 nonsense",
                good + " 2 root_hash_sig_key_desc key",
                good + " 2 ignore_corruption ignore_corruption",
                good + " 2 restart_on_error panic_on_error",
                good + " 1 fec_roots",
                good + " 2 fec_roots 1",
                good + " 2 fec_roots 25",
                good + " 2 fec_blocks x",
                good + " 2 fec_start " + TOO_LONG,
                good + " 2 use_fec_from_device /dev/nosuch",
                good + " 4" + fec + fec,
                good + " 2" + fec,
                good + " 4" + fec + " fec_roots 2",
                good + " 6" + fec + " fec_roots 2 fec_blocks 100",
                good + " 6" + fec + " fec_roots 2 fec_blocks 2000",
                good + " 8" + fec + " fec_roots 2 fec_blocks 200 fec_start 1023",
                good.replace("4096 4096", "4096 1024") + " 6" + fec + " fec_roots 2 fec_blocks 300",
                good + "\n800 8 zero",
                "0 8 zero\n" + good.replace("0 800", "8 800"),
                good.replace("0 800", "0 799"));
    }

    /// The kernel counts the blocks of a tree modulo 2^64, and takes such a number of data blocks where the blocks are
    /// of 512 bytes.
    @Override
    public boolean mayFuzz(String table) {
        return !table.contains(" 18446744073709551615 ") && !table.contains(" 99999999999999999999999 ");
    }

    @Override
    public List<String> oddWords(Disks disks) {
        return List.of(
                "ignore_corruption",
                "restart_on_corruption",
                "panic_on_error",
                "ignore_zero_blocks",
                "check_at_most_once",
                "fec_roots",
                "fec_blocks",
                "fec_start",
                "use_fec_from_device",
                "sha1",
                "sha256",
                "sha512",
                "512",
                "1024",
                disks.path(2));
    }
}
