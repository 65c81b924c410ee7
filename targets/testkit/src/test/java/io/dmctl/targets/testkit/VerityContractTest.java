package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Blocks of 512 bytes, so that every sector is one: three levels of hash blocks.
class VerityContractTest extends TargetContractTest {
    private static final int BLOCKS = 300;
    private static final int HASH_START = 2;
    private static final byte[] SALT = {1, 2, 3};
    private static final String DIGEST = "0".repeat(64);
    private static final String GOOD = "1 d0 d1 512 512 300 2 sha256 " + DIGEST + " - ";
    private static final byte[] DATA = new byte[BLOCKS << 9];
    private static final NaiveVerity TREE;

    static {
        new SplittableRandom(1).nextBytes(DATA);
        TREE = NaiveVerity.of(DATA, 1, "sha256", SALT, 512, 512);
    }

    @Override
    protected TargetType type() {
        return OurTargets.named("verity");
    }

    @Override
    protected boolean readOnly() {
        return true;
    }

    @Override
    protected int devices() {
        return 2;
    }

    @Override
    protected long lenSectors() {
        return BLOCKS;
    }

    @Override
    protected void prepare(List<byte[]> images) {
        System.arraycopy(DATA, 0, images.get(0), 0, DATA.length);
        System.arraycopy(TREE.tree(), 0, images.get(1), HASH_START << 9, TREE.tree().length);
    }

    @Override
    protected String params(List<String> devices) {
        return TREE.params(devices.get(0), devices.get(1), BLOCKS, HASH_START);
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, offset);
    }

    @Override
    protected List<Long> borders() {
        return List.of(16L, 256L);
    }

    @Override
    protected boolean passesFlush() {
        return false;
    }

    @Override
    protected int discardStatus(boolean supported) {
        return -95;
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Not enough arguments", 22, 0),
                new BadLine("1 d0 d1 512 512 300 2 sha256 " + DIGEST, "Not enough arguments", 22, 9),
                new BadLine("9 " + GOOD.substring(2) + "14", "Invalid number of feature args", 22, 10),
                new BadLine(GOOD + "x", "Invalid number of feature args", 22, 10),
                new BadLine(GOOD + "2 ignore_corruption", "Invalid number of feature args", 22, 10),
                new BadLine("2 d0 d1 512 512 300 2 sha256 " + DIGEST + " -", "Invalid version", 22, 0),
                new BadLine("x d0 d1 512 512 300 2 sha256 " + DIGEST + " -", "Invalid version", 22, 0),
                new BadLine("1 nosuch d1 512 512 300 2 sha256 " + DIGEST + " -", "Data device lookup failed", 2, 1),
                new BadLine("1 d0 nosuch 0 512 300 2 sha256 " + DIGEST + " -", "Hash device lookup failed", 2, 2),
                new BadLine("1 d0 d1 0 512 300 2 sha256 " + DIGEST + " -", "Invalid data device block size", 22, 3),
                new BadLine("1 d0 d1 768 512 300 2 sha256 " + DIGEST + " -", "Invalid data device block size", 22, 3),
                new BadLine("1 d0 d1 8192 512 300 2 sha256 " + DIGEST + " -", "Invalid data device block size", 22, 3),
                new BadLine("1 d0 d1 512 256 300 2 sha256 " + DIGEST + " -", "Invalid hash device block size", 22, 4),
                new BadLine("1 d0 d1 512 512 -1 2 sha256 " + DIGEST + " -", "Invalid data blocks", 22, 5),
                new BadLine("1 d0 d1 512 512 299 2 sha256 " + DIGEST + " -", "Data device is too small", 22, 5),
                new BadLine("1 d0 d1 512 512 300 2x sha256 " + DIGEST + " -", "Invalid hash start", 22, 6),
                new BadLine("1 d0 d1 512 512 300 2 SHA256 " + DIGEST + " -", "Cannot initialize hash function", 2, 7),
                new BadLine("1 d0 d1 512 512 300 2 sha256 " + DIGEST + "0 -", "Invalid root digest", 22, 8),
                new BadLine("1 d0 d1 512 512 300 2 sha1 " + DIGEST + " -", "Invalid root digest", 22, 8),
                new BadLine("1 d0 d1 512 512 300 2 sha256 " + DIGEST + " 123", "Invalid salt", 22, 9),
                new BadLine("1 d0 d1 512 512 300 2 sha256 " + DIGEST + " gg", "Invalid salt", 22, 9),
                new BadLine(GOOD + "1 nonsense", "Unrecognized verity feature request", 22, 11),
                new BadLine(
                        GOOD + "2 root_hash_sig_key_desc key",
                        "Unrecognized verity feature request: root_hash_sig_key_desc: only the kernel reads the key",
                        22,
                        11),
                new BadLine(
                        GOOD + "2 ignore_corruption panic_on_corruption",
                        "Conflicting error handling parameters",
                        22,
                        12),
                new BadLine(
                        GOOD + "2 panic_on_error restart_on_error", "Conflicting error handling parameters", 22, 12),
                new BadLine(GOOD + "1 fec_roots", "FEC feature arguments require a value", 22, 12),
                new BadLine(GOOD + "2 fec_roots 25", "Invalid fec_roots", 22, 12),
                new BadLine(GOOD + "2 fec_roots 1", "Invalid fec_roots", 22, 12),
                new BadLine(GOOD + "2 fec_blocks x", "Invalid fec_blocks", 22, 12),
                new BadLine(GOOD + "2 fec_start x", "Invalid fec_start", 22, 12),
                new BadLine(GOOD + "2 use_fec_from_device nosuch", "FEC device lookup failed", 2, 12),
                new BadLine(
                        GOOD + "4 use_fec_from_device d1 use_fec_from_device d1",
                        "FEC device already specified",
                        22,
                        14),
                new BadLine(GOOD + "2 use_fec_from_device d1", "Missing fec_roots", 22, -1),
                new BadLine(GOOD + "4 use_fec_from_device d1 fec_roots 2", "Missing fec_blocks", 22, -1),
                new BadLine(GOOD + "6 use_fec_from_device d1 fec_roots 2 fec_blocks 300", "Invalid fec_blocks", 22, -1),
                new BadLine(
                        GOOD + "6 use_fec_from_device d1 fec_roots 2 fec_blocks 900",
                        "Hash device is too small for fec_blocks",
                        7,
                        2),
                new BadLine(
                        GOOD + "8 use_fec_from_device d1 fec_roots 2 fec_blocks 330 fec_start 361",
                        "FEC device is too small",
                        7,
                        -1),
                new BadLine("1 d0 d1 512 512 300 360 sha256 " + DIGEST + " -", "Hash device is too small", 7, 2),
                new BadLine(
                        "1 d0 d1 512 512 300 36028797018963968 sha256 " + DIGEST + " -",
                        "Hash device is too small",
                        7,
                        2),
                new BadLine(
                        "1 d0 d1 512 512 300 18446744073709551615 sha256 " + DIGEST + " -",
                        "Hash device offset overflow",
                        7,
                        6),
                new BadLine(
                        "1 d0 d1 512 1024 300 2 sha256 " + DIGEST + " - 2 use_fec_from_device d1",
                        "Block sizes must match to use FEC",
                        22,
                        4));
    }

    @Test
    void aTableThatMayBeWrittenIsRefused() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final TableException e = assertThrows(TableException.class, () -> f.dev.load("0 " + f.line()));
            assertEquals("verity: Device must be readonly", e.getMessage());
            assertEquals(22, e.errno());
        }
    }

    /// Here the blocks must be as large as the devices' own.
    @Override
    @Test
    void limitsOfTheDevicesStack() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.logicalBlockSize = 1024;
            b.physicalBlockSize = 2048;
            b.dmaAlignmentMask = 511;
            g.ram("d0", 400).limits(b.build());
            g.ram("d1", 400);
            final TestDevice dev = g.create("dev");
            final String line = "0 8 verity 1 d0 d1 %d 4096 4 0 sha256 " + DIGEST + " -";
            final TableException e = assertThrows(TableException.class, () -> dev.loadReadOnly(line.formatted(512)));
            assertTrue(String.valueOf(e.getMessage()).contains("Invalid data device block size"), e.getMessage());
            dev.loadReadOnly(line.formatted(4096));
            dev.resume();
            final QueueLimits limits = dev.core().limits();
            assertEquals(4096, limits.logicalBlockSize());
            assertEquals(4096, limits.physicalBlockSize());
            assertEquals(4096, limits.ioMin());
            assertEquals(4095, limits.dmaAlignmentMask());
            assertEquals(0, limits.maxDiscardSectors());
        }
    }

    @Test
    void tableAndInfoAreAsTheKernelPrintsThem() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final String options = "7 try_verify_in_tasklet CHECK_AT_MOST_ONCE ignore_zero_blocks panic_on_error"
                    + " ignore_corruption ignore_zero_blocks check_at_most_once and more";
            f.reload("0 300 verity "
                    + params(deviceNames())
                            .toUpperCase(Locale.ROOT)
                            .replace("SHA256", "sha256")
                            .replace("D0", "d0")
                            .replace("D1", "d1")
                    + " " + options);
            assertEquals(
                    "0 300 verity " + params(deviceNames())
                            + " 5 ignore_corruption panic_on_error ignore_zero_blocks check_at_most_once"
                            + " try_verify_in_tasklet",
                    f.dev.table());
            assertEquals("0 300 verity V -", f.dev.info());
            f.readAndCompare(0, 300);
            assertEquals("0 300 verity V -", f.dev.info());
        }
    }
}
