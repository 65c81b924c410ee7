package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmctl.targets.core.MappedDevice;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The clients that others wrote.
@Timeout(120)
class NbdToolsUringTest {
    private static final long SECTORS = 131_072; // 64 MiB

    private Rig rig = new Rig();
    private MappedDevice device = rig.device("tools");
    private NbdTransport transport = new NbdTransport(
            rig.group,
            device,
            new NbdOptions(2, NbdOptions.DEFAULT_DEPTH, rig.folder.resolve("nbd.sock"), 1 << 20, 8),
            "tools");

    private record Output(int exit, String text) {}

    @BeforeEach
    void start() throws Exception {
        final Path a = rig.file("a", SECTORS);
        final Path b = rig.file("b", SECTORS);
        device.setFront(transport);
        rig.run(
                device,
                Rig.line(0, SECTORS / 2, "linear", a + " 0"),
                Rig.line(SECTORS / 2, SECTORS / 2, "striped", "2 64 " + a + " 65536 " + b + " 0"));
    }

    @AfterEach
    void end() throws Exception {
        transport.stop();
        device.remove();
        rig.close();
    }

    private String uri() {
        return transport.address().orElseThrow();
    }

    private Output run(String... command) throws Exception {
        assumeTrue(
                List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                        .anyMatch(p -> Files.isExecutable(Path.of(p, command[0]))),
                command[0] + " is not installed: run lab/setup");
        final Path log = rig.folder.resolve("log");
        final Process process = new ProcessBuilder(command)
                .directory(rig.folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), command[0] + " does not end");
        return new Output(process.exitValue(), Files.readString(log));
    }

    private String succeed(String... command) throws Exception {
        final Output output = run(command);
        assertEquals(0, output.exit(), output.text());
        return output.text();
    }

    /// Random bytes with a hole in the middle.
    private Path image(long seed) throws IOException {
        final Path image = rig.file("image", SECTORS);
        final byte[] data = new byte[(int) SECTORS * Rig.SECTOR];
        new Random(seed).nextBytes(data);
        java.util.Arrays.fill(data, 10 << 20, 30 << 20, (byte) 0);
        Files.write(image, data);
        return image;
    }

    @Test
    void nbdinfoShowsTheExport() throws Exception {
        final String text = succeed("nbdinfo", uri());
        for (String line : List.of(
                "export=\"tools\"",
                "export-size: 67108864",
                "can_fua: true",
                "can_flush: true",
                "can_multi_conn: true",
                "can_trim: true",
                "can_zero: true",
                "is_read_only: false",
                "block_size_minimum: 512",
                "block_size_preferred: 4096",
                "block_size_maximum: 1048576")) {
            assertTrue(text.contains(line), line + " is not in " + text);
        }
        assertTrue(succeed("nbdinfo", "--list", uri()).contains("export=\"tools\""));
    }

    @Test
    void nbdcopyThereAndBack() throws Exception {
        final Path image = image(1);
        succeed("nbdcopy", "--flush", image.toString(), uri());
        final Path back = rig.folder.resolve("back");
        succeed("nbdcopy", uri(), back.toString());
        assertArrayEquals(Files.readAllBytes(image), Files.readAllBytes(back));
        final Path zeros = rig.file("zeros", SECTORS);
        succeed("nbdcopy", "--destination-is-zero", zeros.toString(), uri());
        succeed("nbdcopy", zeros.toString(), uri());
        succeed("nbdcopy", uri(), back.toString());
        assertArrayEquals(Files.readAllBytes(zeros), Files.readAllBytes(back));
    }

    @Test
    void qemuImgConvertsAndCompares() throws Exception {
        final String image = image(2).toString();
        assertTrue(succeed("qemu-img", "info", "-f", "raw", uri()).contains("64 MiB (67108864 bytes)"));
        succeed("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", "-W", "-m", "8", image, uri());
        succeed("qemu-img", "compare", "-f", "raw", "-F", "raw", image, uri());
        assertEquals(
                1,
                run("qemu-img", "compare", "-f", "raw", "-F", "raw", rig.file("z", SECTORS) + "", uri())
                        .exit());
        succeed("qemu-img", "convert", "-f", "raw", "-O", "qcow2", uri(), "out.qcow2");
        succeed("qemu-img", "compare", "-f", "qcow2", "-F", "raw", "out.qcow2", image);
    }

    /// Two jobs, mixed sizes, every block verified; the table is reloaded all the while.
    @Test
    void fioVerifiesMixedSizesDuringReloads() throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        final Thread reloads = Thread.ofPlatform().start(() -> {
            try {
                while (!stop.get()) {
                    device.suspend(false);
                    device.resume(false);
                    Thread.onSpinWait();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            final String text = succeed(
                    "fio",
                    "--ioengine=nbd",
                    "--uri=" + uri(),
                    "--name=verify",
                    "--numjobs=2",
                    "--size=32m",
                    "--offset_increment=32m",
                    "--rw=randwrite",
                    "--bsrange=512-256k",
                    "--bs_unaligned=0",
                    "--blockalign=512",
                    "--iodepth=16",
                    "--verify=crc32c",
                    "--do_verify=1",
                    "--verify_fatal=1",
                    "--verify_state_save=0",
                    "--randseed=9",
                    "--loops=8",
                    "--fsync=64",
                    "--group_reporting");
            assertTrue(text.contains("err= 0"), text);
        } finally {
            stop.set(true);
            reloads.join();
        }
    }
}
