package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.client.Engine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A file system that one engine wrote is the other's, byte for byte, and back.
@LabTest(
        disks = {"256M", "256M", "256M"},
        timeoutSeconds = 600)
class BothEnginesExt4LabIT {
    private static final String NAME = "ext4_dmctl_test_delme";
    private static final String DEVICE = "/dev/mapper/" + NAME;
    private static final Duration LONG = Duration.ofSeconds(150);

    /// 150 MB of the JDK's files, once from the host into memory, so that every test copies from there.
    @BeforeAll
    static void collectFiles() {
        run("""
                mkdir /dev/shm/files
                cd "$JAVA_HOME"
                find . -xdev -type f -printf '%s %p\\n' | LC_ALL=C sort -rn |
                    awk '{ if (s + $1 > 150e6) next; s += $1; print $2 }' >/dev/shm/list
                tar -cf - -T /dev/shm/list | tar -xf - -C /dev/shm/files
                cd /dev/shm/files
                find . -type f -exec sha256sum {} + >/dev/shm/sums
                test "$(du -sm . | cut -f1)" -ge 140
                """);
    }

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        Guest.sh("! mountpoint -q /mnt || umount /mnt");
        devices.removeIfThere(NAME);
        devices.close();
    }

    static String run(String script) {
        return Guest.run(LONG, List.of("sh", "-ec", script)).ok();
    }

    /// `byCommand`: from the command line, else through the library.
    @ParameterizedTest
    @CsvSource({
        "LINEAR, KERNEL, true",
        "LINEAR, JAVA, false",
        "STRIPED, JAVA, true",
        "STRIPED, KERNEL, false",
        "STRIPED_3, JAVA, false",
    })
    void filesOfOneEngineAreTheOthers(Tables table, Engine first, boolean byCommand) throws Exception {
        final Engine second = first == Engine.KERNEL ? Engine.JAVA : Engine.KERNEL;

        create(first, table, byCommand);
        run("mkfs.ext4 -q " + DEVICE + "; mount " + DEVICE + " /mnt; cp -a /dev/shm/files /mnt/1; umount /mnt");
        check(1);
        remove(first, byCommand);

        create(second, table, byCommand);
        check(1);
        run("mount " + DEVICE + " /mnt; seq 400000 >/mnt/numbers; mv /mnt/1 /mnt/2; umount /mnt");
        remove(second, byCommand);

        create(first, table, byCommand);
        check(2);
        run("mount " + DEVICE + " /mnt; seq 400000 | cmp - /mnt/numbers; umount /mnt");
        remove(first, byCommand);
        Remains.requireNone();
    }

    enum Tables {
        /// The example of the issue, 256 times as large.
        LINEAR("0 262144 linear /dev/ubda 52224\n262144 131072 linear /dev/ubdb 196096\n"
                + "393216 32768 linear /dev/ubdc 0"),
        STRIPED("0 524288 striped 2 64 /dev/ubda 262144 /dev/ubdb 0"),
        STRIPED_3("0 393216 striped 3 128 /dev/ubda 0 /dev/ubdb 1024 /dev/ubdc 2048");

        final String text;

        Tables(String text) {
            this.text = text;
        }
    }

    private void create(Engine engine, Tables table, boolean byCommand) throws Exception {
        if (byCommand) {
            Guest.dmctl("create", NAME, "--engine", engine.word(), "--table", table.text)
                    .ok();
        } else {
            devices.create(engine, NAME, table.text, Devices.UBLK);
        }
        assertEquals(engine, devices.engines().find(Devices.id(NAME)).orElseThrow());
    }

    private void remove(Engine engine, boolean byCommand) throws Exception {
        if (byCommand) {
            Guest.dmctl("remove", NAME).ok();
        } else {
            devices.remove(engine, NAME);
        }
    }

    /// The file system is clean, and its folder has the files.
    private static void check(int folder) {
        run("fsck.ext4 -f -n " + DEVICE + "; mount -o ro " + DEVICE + " /mnt; cd /mnt/" + folder
                + "; sha256sum --quiet -c /dev/shm/sums; cd /; umount /mnt");
    }
}
