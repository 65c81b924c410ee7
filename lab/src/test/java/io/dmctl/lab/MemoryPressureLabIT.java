package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A file system on our device, and more dirty pages than the machine has memory: a server that needed memory to
/// write them back would wait for itself.
@LabTest(
        memory = "1G",
        disks = {"2G"},
        timeoutSeconds = 900)
class MemoryPressureLabIT {
    private static final String NAME = "pressure_dmctl_test_delme";
    private static final String DEVICE = "/dev/mapper/" + NAME;
    private static final String FOLDER = "/mnt";
    private static final int WRITERS = 4;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 4096;
    /// 1280 MiB a pass, in a guest of 1024.
    private static final int CHUNKS_EACH = 320;

    private static final int PASSES = LabBoot.cycles(10, 1);
    /// How long the device may get no byte while there is something to write.
    private static final Duration WINDOW = Duration.ofSeconds(20);

    private static final Duration LONG = Duration.ofMinutes(5);
    /// What must have been dirty or on its way at once, or it was no storm.
    private static final long STORM_KIB = 300 << 10;

    private static final int LEAST_COLLECTIONS = 3;
    private static final long SEED = Long.getLong("dmctl.seed", 20261127);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        Guest.sh("! mountpoint -q " + FOLDER + " || umount " + FOLDER);
        devices.removeIfThere(NAME);
        devices.close();
        Remains.requireNone();
    }

    @Test
    void dirtyPagesAreWrittenWhileThereIsNoMemoryAndTheServerCollects() throws Exception {
        Guest.sh("DMCTL_SERVER_JAVA_OPTS=-XX:-DisableAttachMechanism "
                        + Guest.checkout().resolve("bin/dmctl") + " create " + NAME
                        + " --engine java --table '0 4194304 linear /dev/ubda 0'")
                .ok();
        // Nothing is initialised behind the test's back; writers go on until nearly all memory is dirty.
        run("mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 " + DEVICE + "; mount " + DEVICE + " " + FOLDER
                + "; echo 90 >/proc/sys/vm/dirty_ratio; echo 40 >/proc/sys/vm/dirty_background_ratio");
        final String disk = Remains.disk(NAME);
        final long before = sectorsWritten(disk);
        final Storm storm = new Storm();
        int collections = 0;
        long peakKib = 0;
        while (storm.isOn()) {
            peakKib = Math.max(peakKib, dirtyKib());
            final long seen = sectorsWritten(disk);
            if (collect() && ++collections == LEAST_COLLECTIONS) {
                storm.mayEnd();
            }
            peakKib = Math.max(peakKib, dirtyKib());
            Await.until("written to the device in a window, of " + dirtyKib() + " KiB that are dirty", WINDOW, () -> {
                return sectorsWritten(disk) > seen || !storm.isOn();
            });
        }
        storm.check();
        run("umount " + FOLDER); // writes all that is left
        final long written = sectorsWritten(disk) - before;
        System.out.println("at most " + (peakKib >> 10) + " MiB dirty or on their way, " + (written >> 11)
                + " MiB written, " + collections + " collections, seed " + SEED);
        assertTrue(peakKib >= STORM_KIB, "only " + peakKib + " KiB were dirty at once");
        assertTrue((written << 9) >= (long) WRITERS * CHUNKS_EACH * CHUNK_BYTES, "only " + written + " sectors");
        run("fsck.ext4 -f -n " + DEVICE + "; mount -o ro " + DEVICE + " " + FOLDER);
        for (int writer = 0; writer < WRITERS; writer++) {
            verify(writer, storm.lastPasses[writer]);
        }
    }

    private static void run(String script) {
        Guest.run(LONG, List.of("sh", "-ec", script)).ok();
    }

    /// A full collection in the server, which stops its I/O thread meanwhile. False where the server did not answer.
    private static boolean collect() {
        final String jcmd =
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        final String pid = Long.toString(Remains.server().pid());
        final Guest.Result result = Guest.run(
                LONG, List.of(jcmd, "-J-Xmx16m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", pid, "GC.run"));
        return result.ok().contains("Command executed successfully");
    }

    private static long sectorsWritten(String disk) throws IOException {
        return Long.parseLong(
                Files.readString(Path.of("/sys/block", disk, "stat")).strip().split("\\s+", -1)[6]);
    }

    private static long dirtyKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(l -> l.startsWith("Dirty:") || l.startsWith("Writeback:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                .sum();
    }

    private static Path file(int writer) {
        return Path.of(FOLDER, "file" + writer);
    }

    /// Bytes of which every page says whose, which and of which pass it is.
    private static void fill(ByteBuffer chunk, ByteBuffer noise, int writer, int pass, int index) {
        chunk.clear().put(noise.duplicate().clear()).flip();
        for (int at = 0; at < CHUNK_BYTES; at += PAGE_BYTES) {
            chunk.putInt(at, writer).putInt(at + 4, pass).putLong(at + 8, (long) index * CHUNK_BYTES + at);
        }
    }

    private static ByteBuffer noise(int writer) {
        final SplittableRandom random = new SplittableRandom(SEED + writer);
        final ByteBuffer noise = ByteBuffer.allocate(CHUNK_BYTES);
        while (noise.hasRemaining()) {
            noise.putLong(random.nextLong());
        }
        return noise;
    }

    private static void verify(int writer, int pass) throws IOException {
        final ByteBuffer noise = noise(writer);
        final ByteBuffer expected = ByteBuffer.allocate(CHUNK_BYTES);
        final ByteBuffer read = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(file(writer))) {
            assertEquals((long) CHUNKS_EACH * CHUNK_BYTES, channel.size());
            for (int index = 0; index < CHUNKS_EACH; index++) {
                read.clear();
                while (read.hasRemaining() && channel.read(read) >= 0) {}
                fill(expected, noise, writer, pass, index);
                assertEquals(-1, expected.mismatch(read.flip()), "file " + writer + ", MiB " + index);
            }
        }
    }

    /// Writers that never wait for what they have written; each goes through its file again until it may end.
    private static final class Storm {
        /// The last time that each went through its file, from 0.
        final int[] lastPasses = new int[WRITERS];

        private volatile boolean mayEnd;
        private final List<Thread> writers = new ArrayList<>();
        private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();

        Storm() {
            for (int i = 0; i < WRITERS; i++) {
                final int writer = i;
                writers.add(Thread.ofPlatform().name("writer-" + i).start(() -> write(writer)));
            }
        }

        boolean isOn() {
            return writers.stream().anyMatch(Thread::isAlive);
        }

        void mayEnd() {
            mayEnd = true;
        }

        void check() {
            final Throwable e = broken.get();
            if (e != null) {
                throw new AssertionError("seed " + SEED + ": " + e, e);
            }
        }

        private void write(int writer) {
            final ByteBuffer noise = noise(writer);
            final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
            try (FileChannel channel =
                    FileChannel.open(file(writer), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (int pass = 0; pass < PASSES || !mayEnd; pass++) {
                    lastPasses[writer] = pass;
                    channel.position(0);
                    for (int index = 0; index < CHUNKS_EACH; index++) {
                        fill(chunk, noise, writer, pass, index);
                        while (chunk.hasRemaining()) {
                            channel.write(chunk);
                        }
                    }
                }
            } catch (Throwable e) {
                broken.compareAndSet(null, e);
            }
        }
    }
}
