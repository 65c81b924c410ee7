package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.lab.parity.BlockIo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory that a device shares with its users: what lies in it is not copied, and arrives as what lies elsewhere.
@LabTest(
        disks = {"32M", "32M"},
        timeoutSeconds = 600)
class ShmemLabIT {
    private static final String NAME = "shmem_dmctl_test_delme";
    private static final String DEVICE = "/dev/mapper/" + NAME;
    private static final Path FILE = Path.of("/dev/shm/shmem_dmctl_test_delme");
    private static final int FILE_BYTES = 4 << 20;
    private static final int PAGE = 4096;
    private static final String KEY = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final Devices devices = new Devices();
    private final Arena arena = Arena.ofShared();
    private Mapping shared;

    @BeforeEach
    void map() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(FILE.toFile(), "rw")) {
            file.setLength(FILE_BYTES);
        }
        try (Fd fd = Fd.open(FILE.toString(), OpenFlags.RDWR)) {
            shared = Mapping.shared(fd.number(), 0, FILE_BYTES, Mapping.READ_WRITE);
        }
    }

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.close();
        shared.close();
        arena.close();
        Files.delete(FILE);
        Remains.requireNone();
    }

    private static void create(String mode, String table) throws IOException {
        Guest.dmctl(
                        "create",
                        NAME,
                        "--transport",
                        "ublk",
                        "--io-mode",
                        mode,
                        "--shmem",
                        FILE.toString(),
                        "--table",
                        table)
                .ok();
    }

    private MemorySegment random(MemorySegment memory, long seed) {
        final byte[] bytes = new byte[(int) memory.byteSize()];
        new Random(seed).nextBytes(bytes);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    private MemorySegment elsewhere(long bytes) {
        return arena.allocate(bytes, PAGE);
    }

    /// What is written while the server has the request comes from the memory as it is then; where the driver copies,
    /// from the memory as it was.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatLiesInItIsUsedWhereItIs(boolean inIt) throws Exception {
        create("copy", "0 8192 delay /dev/ubda 0 600000");
        final MemorySegment from = inIt ? shared.segment().asSlice(5 * PAGE, PAGE) : elsewhere(PAGE);
        from.fill((byte) 'a');
        final CompletableFuture<Long> write = writeUntilTheTargetHoldsIt(from);
        from.fill((byte) 'b');
        devices.suspend(Engine.JAVA, NAME); // it does not wait for the delay
        devices.resume(Engine.JAVA, NAME);
        assertEquals((long) PAGE, write.get(BOUND.toSeconds(), TimeUnit.SECONDS));
        try (BlockIo disk = BlockIo.open("/dev/ubda")) {
            final MemorySegment there = elsewhere(PAGE);
            assertEquals(PAGE, disk.read(there, 0));
            assertEquals(-1, there.mismatch(elsewhere(PAGE).fill((byte) (inIt ? 'b' : 'a'))));
        }
    }

    /// Of a file that was shortened while the server had the request, which it only passes on.
    @Test
    void aRequestWhoseMemoryIsGoneFails() throws Exception {
        create("copy", "0 8192 delay /dev/ubda 0 600000");
        final MemorySegment from = shared.segment().asSlice(0, PAGE).fill((byte) 'a');
        final CompletableFuture<Long> write = writeUntilTheTargetHoldsIt(from);
        try (RandomAccessFile file = new RandomAccessFile(FILE.toFile(), "rw")) {
            file.setLength(0);
        }
        devices.suspend(Engine.JAVA, NAME);
        devices.resume(Engine.JAVA, NAME);
        assertTrue(write.get(BOUND.toSeconds(), TimeUnit.SECONDS) < 0, "written from nothing");
        assertEquals("0 8192 delay 0 0 0", waiting()); // and the server lives
    }

    private CompletableFuture<Long> writeUntilTheTargetHoldsIt(MemorySegment from) throws Exception {
        final CompletableFuture<Long> write = CompletableFuture.supplyAsync(() -> {
            try (BlockIo io = BlockIo.open(DEVICE)) {
                return io.write(from, 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("the target holds it", BOUND, () -> waiting().equals("0 8192 delay 0 1 0"));
        return write;
    }

    private String waiting() throws Exception {
        return devices.statusText(Engine.JAVA, NAME, DmTask.TableStatus.Kind.INFO);
    }

    /// Parts of it, and memory elsewhere, through targets that pass the bytes on and one that looks at them.
    @ParameterizedTest
    @ValueSource(strings = {"copy", "user-copy", "zero-copy"})
    void everyByteArrives(String mode) throws Exception {
        create(
                mode,
                "0 8192 linear /dev/ubda 0\n8192 8192 crypt aes-xts-plain64 " + KEY + " 0 /dev/ubdb 0\n"
                        + "16384 8192 striped 2 8 /dev/ubda 8192 /dev/ubdb 8192");
        try (BlockIo io = BlockIo.open(DEVICE)) {
            int at = 0;
            for (long sector : List.of(0L, 8192L - 64, 9000L, 16384L - 8, 20000L)) { // some across targets
                for (int bytes : new int[] {512, PAGE, 64 << 10, 200 << 10}) {
                    final MemorySegment part = shared.segment().asSlice(at, bytes);
                    final MemorySegment other = elsewhere(bytes);
                    random(part, sector + bytes);
                    assertEquals(bytes, io.write(part, sector << 9));
                    assertEquals(bytes, io.read(other, sector << 9));
                    assertEquals(-1, other.mismatch(part), "written from it at " + sector + ", " + bytes + " bytes");
                    random(other, sector + bytes + 1);
                    assertEquals(bytes, io.write(other, sector << 9));
                    assertEquals(bytes, io.read(part, sector << 9));
                    assertEquals(-1, other.mismatch(part), "read into it at " + sector + ", " + bytes + " bytes");
                    at = (at + bytes + 512) % (FILE_BYTES - (256 << 10));
                }
            }
        }
        devices.swapJava(NAME, "0 24576 linear /dev/ubda 0");
        try (BlockIo io = BlockIo.open(DEVICE)) {
            final MemorySegment part = random(shared.segment().asSlice(PAGE, PAGE), 7);
            assertEquals(PAGE, io.write(part, 0));
            final MemorySegment other = elsewhere(PAGE);
            assertEquals(PAGE, io.read(other, 0));
            assertEquals(-1, other.mismatch(part));
        }
    }

    @Test
    void whatCannotBeSharedIsRefused() throws Exception {
        final String table = "0 8 zero";
        final Guest.Result missing = Guest.dmctl("create", NAME, "--shmem", "/dev/shm/none", "--table", table);
        assertTrue(missing.exitCode() != 0 && missing.err().contains("open: /dev/shm/none"), missing::toString);
        Files.write(Path.of("/dev/shm/odd"), new byte[PAGE + 1]);
        final Guest.Result odd = Guest.dmctl("create", NAME, "--shmem", "/dev/shm/odd", "--table", table);
        Files.delete(Path.of("/dev/shm/odd"));
        assertTrue(odd.exitCode() != 0 && odd.err().contains("it must be whole pages"), odd::toString);
        final Guest.Result recovery =
                Guest.dmctl("create", NAME, "--shmem", FILE.toString(), "--recovery", "reissue", "--table", table);
        assertTrue(recovery.exitCode() != 0 && recovery.err().contains("not with --recovery"), recovery::toString);
        final Guest.Result nbd =
                Guest.dmctl("create", NAME, "--shmem", FILE.toString(), "--transport", "nbd", "--table", table);
        assertEquals(8, nbd.exitCode(), nbd::toString);
    }
}
