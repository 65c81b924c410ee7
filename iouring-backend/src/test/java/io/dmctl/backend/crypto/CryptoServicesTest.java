package io.dmctl.backend.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.LibCrypto;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.KeyReader;
import io.dmctl.targets.spi.crypto.SecretMemory;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import io.dmctl.targets.spi.crypto.SectorRun;
import io.dmctl.targets.support.aes.JdkSectorCiphers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CryptoServicesTest {
    private static final int SECTORS = 40;

    @ParameterizedTest
    @CsvSource({
        "XTS, 32, 512",
        "XTS, 64, 512",
        "XTS, 64, 4096",
        "CBC, 16, 512",
        "CBC, 24, 1024",
        "CBC, 32, 4096",
        "CBC, 32, 16",
        "ECB, 16, 16",
        "ECB, 32, 512"
    })
    void libCryptoAndTheJdkMakeTheSameBytes(CipherMode mode, int keyBytes, int sectorBytes) throws TargetException {
        assumeTrue(LibCrypto.probe().available(), LibCrypto.probe()::toString);
        final Random random = new Random(5);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment key = random(arena, random, keyBytes);
            final SectorRun run = new SectorRun();
            run.sectorBytes = sectorBytes;
            run.sectors = SECTORS;
            run.from = random(arena, random, SECTORS * sectorBytes);
            run.ivs = random(arena, random, SECTORS * SectorRun.IV_BYTES);
            try (SectorCipher evp = new EvpSectorCiphers().open(mode, key);
                    SectorCipher jdk = new JdkSectorCiphers().open(mode, key)) {
                final MemorySegment plain = run.from;
                final MemorySegment ours = arena.allocate(plain.byteSize());
                run.to = ours;
                jdk.encrypt(run);
                run.to = arena.allocate(plain.byteSize());
                for (int time = 0; time < 2; time++) { // a chain that goes on must not show
                    evp.encrypt(run);
                    assertEquals(-1, ours.mismatch(run.to));
                }
                run.from = run.to; // in place
                evp.decrypt(run);
                assertEquals(-1, plain.mismatch(run.to));
            }
        }
    }

    private static MemorySegment random(Arena arena, Random random, int bytes) {
        final byte[] array = new byte[bytes];
        random.nextBytes(array);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, array);
    }

    /// These tests run with the JVM's own choice of instructions.
    @Test
    void intrinsicsAreFoundWhereTheProcessorHasThem() throws IOException {
        final Availability found = AesIntrinsics.probe();
        assertEquals(AesIntrinsics.processorHasAll(), found.available(), found::reason);
    }

    @Test
    void libCryptoIsTakenWhereTheJdkIsSlow() {
        final Availability yes = Availability.yes("found");
        final Availability no = Availability.no("missing", "none");
        assertEquals("jdk", ChosenCiphers.choose(yes, yes).name());
        assertEquals("libcrypto", ChosenCiphers.choose(no, yes).name());
        assertEquals("jdk", ChosenCiphers.choose(no, no).name());
    }

    /// XTS with AES-192, and with two equal halves: the kernel takes both.
    @ParameterizedTest
    @CsvSource({"48, 1", "64, 0"})
    void keysThatLibCryptoRefusesGoToTheJdk(int keyBytes, int value) throws TargetException {
        assumeTrue(LibCrypto.probe().available(), LibCrypto.probe()::toString);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment key = arena.allocate(keyBytes);
            key.set(ValueLayout.JAVA_BYTE, 0, (byte) value);
            assertThrows(TargetException.class, () -> new EvpSectorCiphers().open(CipherMode.XTS, key));
            ChosenCiphers.choose(Availability.no("for this test", "none"), Availability.yes())
                    .open(CipherMode.XTS, key)
                    .close();
        }
    }

    /// Runs on both sides of the length where it changes, one after the other: neither may leave a state.
    @ParameterizedTest
    @CsvSource({"512", "4096"})
    void cbcByLengthMakesTheJdksBytes(int sectorBytes) throws TargetException {
        assumeTrue(LibCrypto.probe().available(), LibCrypto.probe()::toString);
        final ChosenCiphers chosen = ChosenCiphers.choose(Availability.yes("found"), LibCrypto.probe());
        assertEquals("jdk+libcrypto", chosen.name(CipherMode.CBC, 32));
        assertEquals("jdk", chosen.name(CipherMode.XTS, 64));
        final Random random = new Random(6);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment key = random(arena, random, 32);
            final SectorRun run = new SectorRun();
            run.sectorBytes = sectorBytes;
            run.ivs = random(arena, random, 8 * SectorRun.IV_BYTES);
            try (SectorCipher cipher = chosen.open(CipherMode.CBC, key);
                    SectorCipher jdk = new JdkSectorCiphers().open(CipherMode.CBC, key)) {
                for (int sectors : new int[] {1, 5, 3, 4, 2, 8, 1}) {
                    run.sectors = sectors;
                    final MemorySegment plain = random(arena, random, sectors * sectorBytes);
                    final MemorySegment expected = arena.allocate(plain.byteSize());
                    run.from = plain;
                    run.to = expected;
                    jdk.encrypt(run);
                    run.to = arena.allocate(plain.byteSize());
                    cipher.encrypt(run);
                    assertEquals(-1, expected.mismatch(run.to));
                    run.from = run.to;
                    cipher.decrypt(run);
                    assertEquals(-1, plain.mismatch(run.to));
                }
            }
        }
    }

    @Test
    void libCryptoAllocatesNothing() throws TargetException {
        assumeTrue(LibCrypto.probe().available(), LibCrypto.probe()::toString);
        final var beans = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined();
                SectorCipher cipher = new EvpSectorCiphers().open(CipherMode.XTS, random(arena, new Random(1), 64))) {
            final SectorRun run = new SectorRun();
            run.from = run.to = arena.allocate(4096);
            run.ivs = arena.allocate(128);
            run.sectorBytes = 512;
            run.sectors = 8;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20 && least > 64; round++) {
                final long before = beans.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) {
                    cipher.encrypt(run);
                }
                least = Math.min(least, beans.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(least <= 64, least + " bytes in 20000 calls");
        }
    }

    @Test
    void keysLieInLockedMemory() throws Exception {
        final SecretMemory memory = CryptoServices.find(SecretMemory.class).orElseThrow();
        final long before = lockedKilobytes();
        final MemorySegment key = memory.allocate(64);
        assertEquals(64, key.byteSize());
        assertArrayEquals(new byte[64], key.toArray(ValueLayout.JAVA_BYTE));
        assertEquals(before + 4, lockedKilobytes());
        memory.free(key);
        assertEquals(before, lockedKilobytes());
    }

    private static long lockedKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmLck:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void keysThatUserSpaceCannotReadAreRefusedWithTheReason() {
        final KeyReader keys = CryptoServices.find(KeyReader.class).orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment to = arena.allocate(32);
            final TargetException logon =
                    assertThrows(TargetException.class, () -> keys.read("logon", "cryptsetup:x", to));
            assertEquals(95, logon.errno());
            assertTrue(logon.getMessage().contains("--disable-keyring"), logon.getMessage());
            assertEquals(
                    22,
                    assertThrows(TargetException.class, () -> keys.read("poem", "x", to))
                            .errno());
        }
    }

    @Test
    void otherServicesAreNotOffered() {
        assertTrue(CryptoServices.find(Runnable.class).isEmpty());
        assertTrue(CryptoServices.find(SectorCiphers.class).isPresent());
    }
}
