package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// crypt's own behaviours; what every target does is in [CryptContractTest].
class CryptTargetTest {
    private static final int SECTORS = 4096;
    private static final String KEY = CryptContractTest.KEY64;
    private static final String KEY32 = KEY.substring(0, 64);

    /// @param same the cipher as the model knows it
    record Row(String cipher, String same, int keyBytes, String options) {
        Row(String cipher, int keyBytes) {
            this(cipher, cipher, keyBytes, "");
        }

        Row with(String more) {
            return new Row(cipher, same, keyBytes, more);
        }
    }

    static Stream<Row> rows() {
        final List<Row> plain = List.of(
                new Row("aes-xts-plain64", 64),
                new Row("aes-xts-plain64", 48),
                new Row("aes-xts-plain", 32),
                new Row("aes-xts-plain64be", 64),
                new Row("aes-xts-benbi", 64),
                new Row("aes-xts-null", 64),
                new Row("aes-xts-essiv:sha256", 64),
                new Row("aes-cbc-plain", 16),
                new Row("aes-cbc-plain64", 24),
                new Row("aes-cbc-plain64be", 32),
                new Row("aes-cbc-benbi", 32),
                new Row("aes-cbc-null", 32),
                new Row("aes-cbc-essiv:sha256", 32),
                new Row("aes-cbc-essiv:md5", 16),
                new Row("aes-ecb", 32),
                new Row("aes:4-xts-plain64", 128),
                new Row("aes:2-cbc-essiv:sha256", 64),
                new Row("aes", "aes-cbc-plain", 32, ""),
                new Row("aes-plain", "aes-cbc-plain", 32, ""),
                new Row("aes-ecb-whatever", "aes-ecb", 16, ""),
                new Row("capi:xts(aes)-plain64", "aes-xts-plain64", 64, ""),
                new Row("capi:cbc(aes)-essiv:sha256", "aes-cbc-essiv:sha256", 32, ""),
                new Row("capi:essiv(cbc(aes),sha256)-plain64", "aes-cbc-essiv:sha256", 32, ""),
                new Row("capi:ecb(aes)-null", "aes-ecb", 32, ""));
        return plain.stream()
                .flatMap(row -> Stream.of(
                        row,
                        row.with(" 1 sector_size:4096"),
                        row.with(" 2 sector_size:1024 iv_large_sectors"),
                        row.with(" 2 sector_size:4096 iv_large_sectors")));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void bytesAreTheModels(Row row) throws TableException {
        final int sectorBytes =
                row.options().contains("4096") ? 4096 : row.options().contains("1024") ? 1024 : 512;
        final String key = key(row.keyBytes());
        final long ivOffset = 0xffff_fff0L; // plain wraps within the device
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice below = g.ram("d0", SECTORS);
            final String line = row.cipher() + " " + key + " " + ivOffset + " d0 16" + row.options();
            final TestDevice dev = g.create("dev", "0 1024 crypt " + line);
            assertEquals("0 1024 crypt " + line, dev.table());
            assertEquals("0 1024 crypt", dev.info());
            final byte[] plain = random(1024 << 9);
            dev.write(0, plain);
            final CryptModel model =
                    new CryptModel(row.same(), key, sectorBytes, row.options().contains("iv_large"), ivOffset);
            final byte[] stored = Arrays.copyOfRange(below.contents(), 16 << 9, (16 + 1024) << 9);
            ContractFixture.compare("d0", model.encrypt(0, plain), stored);
            ContractFixture.compare("dev", plain, dev.read(0, 1024));
        }
    }

    private static String key(int bytes) {
        return HexFormat.of().formatHex(random(bytes));
    }

    private static byte[] random(int bytes) {
        final byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return random;
    }

    @Test
    void optionsAreShownInTheKernelsOrder() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("d0", SECTORS);
            final TestDevice dev = g.create(
                    "dev",
                    "0 1024 crypt aes-xts-plain64 " + KEY + " 0 d0 0 8 IV_LARGE_SECTORS sector_size:2048"
                            + " no_write_workqueue No_Read_Workqueue submit_from_crypt_cpus high_priority"
                            + " same_cpu_crypt allow_discards");
            assertEquals(
                    "0 1024 crypt aes-xts-plain64 " + KEY + " 0 d0 0 8 allow_discards same_cpu_crypt high_priority"
                            + " submit_from_crypt_cpus no_read_workqueue no_write_workqueue sector_size:2048"
                            + " iv_large_sectors",
                    dev.table());
        }
    }

    /// Half of the digits, rounded down; upper case; a sector size in 16 bits; words behind the counted ones.
    @Test
    void quirksOfTheKernelsParser() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("d0", SECTORS);
            final TestDevice dev = g.create(
                    "dev",
                    "0 1024 crypt aes-cbc-plain " + KEY32.toUpperCase(java.util.Locale.ROOT)
                            + "z 18446744073709551608 d0 0 1 sector_size:66560 ignored");
            assertEquals(
                    "0 1024 crypt aes-cbc-plain " + KEY32 + " 18446744073709551608 d0 0 1 sector_size:1024",
                    dev.table());
        }
    }

    @Test
    void requestsOfLessThanASectorFail() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("d0", SECTORS);
            final TestDevice dev =
                    g.create("dev", "0 1024 crypt aes-xts-plain64 " + KEY + " 0 d0 0 1 sector_size:4096");
            assertEquals(-5, dev.status(ReqOp.READ, 0, 1, 8));
            assertEquals(-5, dev.status(ReqOp.READ, 0, 0, 7));
            assertEquals(-5, dev.status(ReqOp.WRITE, 0, 4, 8));
            assertEquals(0, dev.status(ReqOp.WRITE, 0, 8, 16));
            final QueueLimits limits = dev.core().limits();
            assertEquals(4096, limits.logicalBlockSize());
            assertEquals(4096, limits.physicalBlockSize());
            assertEquals(4096, limits.ioMin());
            assertEquals(4095, limits.dmaAlignmentMask());
            assertEquals(0, limits.maxDiscardSectors());
        }
    }

    @Test
    void requestsAreCutAt128KiB() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice below = g.ram("d0", SECTORS).record();
            final TestDevice dev = g.create("dev", "0 1024 crypt aes-xts-plain64 " + KEY + " 0 d0 0");
            dev.write(10, new byte[600 << 9]);
            assertEquals(
                    List.of(
                            new DeviceOp(ReqOp.WRITE, 0, 10, 256),
                            new DeviceOp(ReqOp.WRITE, 0, 266, 256),
                            new DeviceOp(ReqOp.WRITE, 0, 522, 88)),
                    below.ops());
        }
    }

    /// More writes than there is memory for: they wait for it, and all are done.
    @Test
    void writesWaitForMemory() throws TableException {
        try (TestGroup g = new TestGroup(new TestGroup.Config(7, 1, 64, 8))) {
            final RamDevice below = g.ram("d0", 40 * 256);
            final TestDevice dev = g.create("dev", "0 10240 crypt aes-xts-plain64 " + KEY + " 0 d0 0");
            final CryptModel model = new CryptModel("aes-xts-plain64", KEY, 512, false, 0);
            final byte[] all = random(10240 << 9);
            for (int i = 0; i < 40; i++) {
                dev.startWrite(256L * i, Arrays.copyOfRange(all, i << 17, (i + 1) << 17));
            }
            dev.awaitAll();
            ContractFixture.compare("d0", model.encrypt(0, all), below.contents());
            assertArrayEquals(all, dev.read(0, 10240));
        }
    }

    // ---- messages ----

    @Test
    void keyIsSetAndWipedWhileSuspendedOnly() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            final RamDevice below = g.ram("d0", SECTORS);
            final TestDevice dev = g.create("dev", "0 64 crypt aes-cbc-essiv:sha256 " + KEY32 + " 0 d0 0");
            final byte[] plain = random(64 << 9);
            dev.write(0, plain);
            assertEquals("not suspended during key manipulation.", refused(dev, "key wipe"));
            dev.suspend(false);
            assertEquals("", message(dev, "KEY Wipe"));
            assertEquals("0 64 crypt aes-cbc-essiv:sha256 " + "00".repeat(32) + " 0 d0 0", dev.table());
            final TableException e = assertThrows(TableException.class, dev::resume);
            assertEquals(11, e.errno());
            assertTrue(dev.core().suspended());
            assertEquals("", message(dev, "key set " + KEY.substring(64)));
            dev.resume();
            dev.write(0, plain);
            assertEquals("0 64 crypt aes-cbc-essiv:sha256 " + KEY.substring(64) + " 0 d0 0", dev.table());
            final CryptModel model = new CryptModel("aes-cbc-essiv:sha256", KEY.substring(64), 512, false, 0);
            ContractFixture.compare("d0", model.encrypt(0, plain), Arrays.copyOf(below.contents(), plain.length));
            assertArrayEquals(plain, dev.read(0, 64));
        }
    }

    @Test
    void otherMessagesAreRefused() throws Exception {
        try (TestGroup g = new TestGroup(1)) {
            g.ram("d0", SECTORS);
            final TestDevice dev = g.create("dev", "0 64 crypt aes-xts-plain64 " + KEY + " 0 d0 0");
            dev.suspend(false);
            for (String text : List.of("key", "lock all", "key forget", "key set", "key wipe now", "key set a b")) {
                assertEquals("unrecognised message received.", refused(dev, text), text);
            }
            refused(dev, "key set " + KEY32); // another length
            dev.resume();
            dev.suspend(false);
            refused(dev, "key set " + KEY.replace('0', 'x'));
            assertThrows(TableException.class, dev::resume, "the old key is gone");
            message(dev, "key set " + KEY);
            dev.resume();
        }
    }

    private static String message(TestDevice dev, String text) throws TargetException {
        try (TargetArgs args = TargetArgs.split(text)) {
            return dev.core().message(0, args);
        }
    }

    private static String refused(TestDevice dev, String text) {
        return assertThrows(TargetException.class, () -> message(dev, text), text)
                .getMessage();
    }
}
