package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;
import io.dmctl.targets.support.aes.JdkSectorCiphers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Published vectors, and every length against the naive model.
class SectorCiphersTest {
    private static final HexFormat HEX = HexFormat.of();

    /// @param plain repeated hexadecimal digits of one sector
    record Vector(String source, CipherMode mode, String key, String iv, String plain, String cipher) {
        @Override
        public String toString() {
            return source;
        }
    }

    /// The first plain text of NIST SP 800-38A, appendix F.
    private static final String NIST = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";

    static List<Vector> vectors() {
        return List.of(
                new Vector(
                        "SP 800-38A F.1.1 ECB-AES128",
                        CipherMode.ECB,
                        "2b7e151628aed2a6abf7158809cf4f3c",
                        "00".repeat(16),
                        NIST,
                        "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"),
                new Vector(
                        "SP 800-38A F.1.5 ECB-AES256",
                        CipherMode.ECB,
                        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                        "00".repeat(16),
                        NIST,
                        "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"),
                new Vector(
                        "SP 800-38A F.2.1 CBC-AES128",
                        CipherMode.CBC,
                        "2b7e151628aed2a6abf7158809cf4f3c",
                        "000102030405060708090a0b0c0d0e0f",
                        NIST,
                        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"),
                new Vector(
                        "SP 800-38A F.2.3 CBC-AES192",
                        CipherMode.CBC,
                        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                        "000102030405060708090a0b0c0d0e0f",
                        NIST,
                        "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"),
                new Vector(
                        "IEEE 1619 vector 1",
                        CipherMode.XTS,
                        "00".repeat(32),
                        "00".repeat(16),
                        "00".repeat(32),
                        "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e"),
                new Vector(
                        "IEEE 1619 vector 2",
                        CipherMode.XTS,
                        "11".repeat(16) + "22".repeat(16),
                        "3333333333" + "00".repeat(11),
                        "44".repeat(32),
                        "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void publishedVectors(Vector v) throws TargetException {
        try (Arena arena = Arena.ofConfined();
                SectorCipher cipher = new JdkSectorCiphers().open(v.mode(), segment(arena, v.key()))) {
            final SectorRun run = new SectorRun();
            run.from = segment(arena, v.plain());
            run.to = arena.allocate(run.from.byteSize());
            run.ivs = segment(arena, v.iv());
            run.sectors = 1;
            run.sectorBytes = (int) run.from.byteSize();
            cipher.encrypt(run);
            assertEquals(v.cipher(), text(run.to));
            run.from = run.to;
            cipher.decrypt(run);
            assertEquals(v.plain(), text(run.to));
        }
    }

    /// All sector sizes, runs of more sectors than are done at once, in place, twice: a chain that goes on must
    /// not show.
    @Test
    void runsOfEveryShapeAreTheModels() throws TargetException {
        final Random random = new Random(42);
        try (Arena arena = Arena.ofConfined()) {
            for (CipherMode mode : CipherMode.values()) {
                final int keyBytes = mode == CipherMode.XTS ? 64 : 32;
                final byte[] key = bytes(random, keyBytes);
                final String name = "aes-" + mode.name().toLowerCase(java.util.Locale.ROOT) + "-plain64";
                try (SectorCipher cipher = new JdkSectorCiphers().open(mode, segment(arena, HEX.formatHex(key)))) {
                    for (int sectorBytes : new int[] {512, 512, 1024, 2048, 4096, 4096}) {
                        final CryptModel model = new CryptModel(name, HEX.formatHex(key), sectorBytes, true, 0);
                        roundTrip(arena, cipher, model, sectorBytes, bytes(random, 512 * 320));
                    }
                }
            }
        }
    }

    private static void roundTrip(Arena arena, SectorCipher cipher, CryptModel model, int sectorBytes, byte[] plain) {
        final SectorRun run = new SectorRun();
        run.sectorBytes = sectorBytes;
        run.sectors = plain.length / sectorBytes;
        run.from = arena.allocate(plain.length + 8);
        run.fromAt = 3; // no word of it is aligned
        run.to = run.from;
        run.toAt = 3;
        run.ivs = arena.allocate(16L * run.sectors + 16);
        run.ivAt = 16;
        for (int i = 0; i < run.sectors; i++) {
            run.ivs.set(ValueLayout.JAVA_LONG, 16 + 16L * i, i);
        }
        MemorySegment.copy(plain, 0, run.from, ValueLayout.JAVA_BYTE, 3, plain.length);
        cipher.encrypt(run);
        final byte[] got = new byte[plain.length];
        MemorySegment.copy(run.to, ValueLayout.JAVA_BYTE, 3, got, 0, got.length);
        ContractFixture.compare("cipher text", model.encrypt(0, plain), got);
        cipher.decrypt(run);
        MemorySegment.copy(run.to, ValueLayout.JAVA_BYTE, 3, got, 0, got.length);
        ContractFixture.compare("plain text", plain, got);
    }

    @Test
    void keysOfOtherLengthsAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            for (CipherMode mode : CipherMode.values()) {
                for (int bytes : new int[] {0, 8, 15, 17, 33, 40, 65, 128}) {
                    assertThrows(
                            TargetException.class,
                            () -> new JdkSectorCiphers().open(mode, arena.allocate(bytes)),
                            mode + " with " + bytes);
                }
            }
        }
    }

    private static byte[] bytes(Random random, int count) {
        final byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static MemorySegment segment(Arena arena, String hex) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, HEX.parseHex(hex));
    }

    private static String text(MemorySegment bytes) {
        return HEX.formatHex(bytes.toArray(ValueLayout.JAVA_BYTE));
    }
}
