package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Keyring;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The Java engine's crypt beside the kernel's: the same bytes on the disk, each reads what the other wrote.
@LabTest(
        disks = {"32M", "32M"},
        timeoutSeconds = 600)
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
            final String info = Guest.dmctl("info", OURS).ok();
            assertTrue(
                    Pattern.compile(
                                    "\nProvider: +(jdk|libcrypto|jdk\\+libcrypto)(, (jdk|libcrypto|jdk\\+libcrypto))*\n")
                            .matcher(info)
                            .find(),
                    info);
            final String json = Guest.dmctl("info", "--json", OURS).ok();
            assertTrue(
                    Pattern.compile("\"provider\":\"(jdk|libcrypto)")
                            .matcher(json)
                            .find(),
                    json);
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

    /// `key wipe` and `key set` on both engines: the same answers, and then the same cipher text.
    @Test
    void keysAreWipedAndSetAlike() throws Exception {
        final String key = "00112233445566778899aabbccddeeff".repeat(2);
        final String other = "ffeeddccbbaa99887766554433221100".repeat(2);
        final String line = "0 2048 crypt aes-cbc-essiv:sha256 " + key + " 0 ";
        final byte[] plain = new byte[2048 << 9];
        new Random(3).nextBytes(plain);
        try (Devices devices = new Devices()) {
            devices.create(Engine.KERNEL, KERNELS, line + "/dev/ubda 0", Devices.UBLK);
            devices.createJava(OURS, line + "/dev/ubdb 0");
            both("message(key wipe)", (e, name) -> message(devices, e, name, "key wipe"));
            both("suspend", devices::suspend);
            both("message(key wipe)", (e, name) -> message(devices, e, name, "key wipe"));
            sameTables(devices, "0".repeat(64));
            both("resume", devices::resume);
            both("message(key set 00)", (e, name) -> message(devices, e, name, "key set 00"));
            both("bad digits", (e, name) -> message(devices, e, name, "key set zz" + key.substring(2)));
            both("resume", devices::resume);
            both("set", (e, name) -> message(devices, e, name, "KEY Set " + other));
            sameTables(devices, other);
            both("resume", devices::resume);
            write(KERNELS, plain);
            write(OURS, plain);
            compare("ubdb", read("/dev/ubda", plain.length), read("/dev/ubdb", plain.length));
            devices.remove(Engine.JAVA, OURS);
            devices.remove(Engine.KERNEL, KERNELS);
            Remains.requireNone();
        }
    }

    private interface Step {
        void run(Engine engine, String name) throws IOException, DmException;
    }

    private static void both(String what, Step step) throws IOException {
        assertEquals(errno(step, Engine.KERNEL, KERNELS), errno(step, Engine.JAVA, OURS), what);
    }

    private static int errno(Step step, Engine engine, String name) throws IOException {
        try {
            step.run(engine, name);
            return 0;
        } catch (DmException e) {
            return e.errno();
        }
    }

    private static void message(Devices devices, Engine engine, String name, String text)
            throws IOException, DmException {
        devices.engines().control(engine).run(new DmTask.TargetMessage(Devices.id(name), 0, text));
    }

    private static void sameTables(Devices devices, String key) throws IOException, DmException {
        final String theirs = devices.tableText(Engine.KERNEL, KERNELS);
        assertEquals(theirs.replace("98:0 ", "98:16 "), devices.tableText(Engine.JAVA, OURS));
        assertTrue(theirs.contains(" " + key + " "), theirs);
    }

    /// What cryptsetup formats and the kernel writes is read with the table that cryptsetup made, and the other way.
    @Test
    void luksVolumeIsOpened() throws Exception {
        final String open =
                "printf secret > /tmp/key && cryptsetup open --disable-keyring --key-file /tmp/key /dev/ubdb "
                        + KERNELS;
        final String close = "cryptsetup close " + KERNELS;
        final byte[] plain = new byte[1 << 20];
        new Random(4).nextBytes(plain);
        Guest.sh(
                        "export DM_DISABLE_UDEV=1; printf secret > /tmp/key; cryptsetup luksFormat --type luks2 --sector-size 4096"
                                + " --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --batch-mode --key-file /tmp/key /dev/ubdb; "
                                + open)
                .ok();
        final String table =
                Guest.sh("dmsetup table --showkeys " + KERNELS).ok().strip();
        write(KERNELS, plain);
        Guest.sh("export DM_DISABLE_UDEV=1; " + close).ok();
        try (Devices devices = new Devices()) {
            devices.createJava(OURS, table);
            compare("read by the Java engine", plain, read("/dev/mapper/" + OURS, plain.length));
            new Random(5).nextBytes(plain);
            write(OURS, plain);
            devices.remove(Engine.JAVA, OURS);
        }
        Guest.sh("export DM_DISABLE_UDEV=1; " + open).ok();
        compare("read by the kernel", plain, read("/dev/mapper/" + KERNELS, plain.length));
        Guest.sh("export DM_DISABLE_UDEV=1; " + close).ok();
        Remains.requireNone();
    }

    /// A key of the user's keyring, by reference: the digits appear nowhere.
    @Test
    void keyOfTheKeyringIsRead() throws Exception {
        final String name = "dmctl_test_delme";
        final byte[] plain = new byte[64 << 9];
        new Random(6).nextBytes(plain);
        try (Devices devices = new Devices();
                Arena arena = Arena.ofConfined()) {
            Keyring.add("user", name, arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[64]));
            final String reference = "0 64 crypt aes-xts-plain64 :64:user:" + name + " 0 ";
            devices.createJava(OURS, reference + "/dev/ubda 0");
            assertEquals(reference + "98:0 0", devices.tableText(Engine.JAVA, OURS));
            write(OURS, plain);
            devices.remove(Engine.JAVA, OURS);
            devices.create(Engine.KERNEL, KERNELS, reference + "/dev/ubda 0", Devices.UBLK);
            compare("read by the kernel", plain, read("/dev/mapper/" + KERNELS, plain.length));
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
