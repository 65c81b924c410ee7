package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.client.Engine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The Java engine's crypt beside the kernel's: the same bytes on the disk, each reads what the other wrote.
@LabTest(
        cpus = 2,
        disks = {"32M", "32M"},
        timeoutSeconds = 120)
class CryptLabIT {
    private static final String KERNELS = "kernel_dmctl_test_delme";
    private static final String OURS = "java_dmctl_test_delme";
    private static final int ROW_SECTORS = 72;
    /// The last line: pieces of 128 KiB and a rest.
    private static final int LONG_SECTORS = 600;
    private static final List<String> CIPHERS = List.of(
            "aes-xts-plain64 64",
            "aes-xts-plain64 48",
            "aes-xts-plain64 32",
            "aes-xts-plain 64",
            "aes-xts-plain64be 64",
            "aes-xts-benbi 64",
            "aes-xts-null 64",
            "aes-xts-essiv:sha256 64",
            "aes-cbc-plain 16",
            "aes-cbc-plain64 24",
            "aes-cbc-plain64be 32",
            "aes-cbc-benbi 32",
            "aes-cbc-null 32",
            "aes-cbc-essiv:sha256 32",
            "aes-ecb 32",
            "aes-ecb-plain 16",
            "aes 32",
            "aes:4-xts-plain64 256",
            "aes:2-cbc-essiv:sha256 64",
            "capi:xts(aes)-plain64 64",
            "capi:cbc(aes)-essiv:sha256 32",
            "capi:essiv(cbc(aes),sha256)-plain64 32");
    private static final List<String> OPTIONS = List.of(
            "",
            " 1 sector_size:1024",
            " 1 sector_size:4096",
            " 2 sector_size:2048 iv_large_sectors",
            " 2 sector_size:4096 iv_large_sectors");

    /// A table with a line for each cipher with each of the options, one behind the other on `disk`.
    private static String table(String disk) {
        final List<String> lines = new ArrayList<>();
        final Random random = new Random(1);
        for (String cipher : CIPHERS) {
            for (String options : OPTIONS) {
                final String[] words = cipher.split(" ", 2);
                final byte[] key = new byte[Integer.parseInt(words[1])];
                random.nextBytes(key);
                final long at = (long) lines.size() * ROW_SECTORS;
                final long ivOffset = 0xffff_ff00L; // plain wraps inside of each line
                lines.add(at + " " + ROW_SECTORS + " crypt " + words[0] + " "
                        + HexFormat.of().formatHex(key) + " " + ivOffset + " " + disk + " " + (at + 8) + options);
            }
        }
        final long at = (long) lines.size() * ROW_SECTORS;
        lines.add(at + " " + LONG_SECTORS + " crypt aes-xts-plain64 " + "0123456789abcdef".repeat(8) + " 0 " + disk
                + " " + (at + 8));
        return String.join("\n", lines);
    }

    @Test
    void cipherTextOfEveryRowIsTheKernels() throws Exception {
        final byte[] plain = new byte[(CIPHERS.size() * OPTIONS.size() * ROW_SECTORS + LONG_SECTORS) << 9];
        new Random(2).nextBytes(plain);
        try (Devices devices = new Devices()) {
            devices.create(Engine.KERNEL, KERNELS, table("/dev/ubda"), Devices.UBLK);
            devices.createJava(OURS, table("/dev/ubdb"));
            assertEquals(
                    devices.tableText(Engine.KERNEL, KERNELS).replace("98:0 ", "98:16 "),
                    devices.tableText(Engine.JAVA, OURS));
            write(KERNELS, plain);
            write(OURS, plain);
            compare("ubdb", read("/dev/ubda", plain.length + 8192), read("/dev/ubdb", plain.length + 8192));
            devices.remove(Engine.JAVA, OURS);
            devices.remove(Engine.KERNEL, KERNELS);

            devices.create(Engine.KERNEL, KERNELS, table("/dev/ubdb"), Devices.UBLK);
            devices.createJava(OURS, table("/dev/ubda"));
            compare("read by the kernel", plain, read("/dev/mapper/" + KERNELS, plain.length));
            compare("read by the Java engine", plain, read("/dev/mapper/" + OURS, plain.length));
            devices.remove(Engine.JAVA, OURS);
            devices.remove(Engine.KERNEL, KERNELS);
            Remains.requireNone();
        }
    }

    private static void write(String name, byte[] bytes) throws IOException {
        try (FileChannel to = FileChannel.open(Path.of("/dev/mapper", name), StandardOpenOption.WRITE)) {
            final ByteBuffer from = ByteBuffer.wrap(bytes);
            while (from.hasRemaining()) {
                to.write(from);
            }
            to.force(true);
        }
    }

    private static byte[] read(String path, int bytes) throws IOException {
        try (FileChannel from = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
            final ByteBuffer to = ByteBuffer.allocate(bytes);
            while (to.hasRemaining() && from.read(to) > 0) {}
            return to.array();
        }
    }

    private static void compare(String what, byte[] expected, byte[] actual) {
        final int at = Arrays.mismatch(expected, actual);
        if (at >= 0) {
            throw new AssertionError(what + " differs at byte " + at + ", about line " + ((at >> 9) - 8) / ROW_SECTORS);
        }
    }
}
