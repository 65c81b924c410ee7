package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.writelog.ReplayDevice;
import io.dmctl.backend.writelog.WriteLogEntry;
import io.dmctl.backend.writelog.WriteLogReader;
import io.dmctl.bindings.control.DmTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A file system on log-writes, of either engine, and the log replayed: to a mark, to each flush, to the end.
@LabTest(
        disks = {"64M", "64M", "64M", "64M"},
        timeoutSeconds = 600)
class WriteLogLabIT {
    private static final String NAME = "log_dmctl_test_delme";
    private static final int SECTORS = 65536;

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.close();
        Remains.requireNone();
    }

    private void mark(Engine engine, String text) throws Exception {
        devices.engines().control(engine).run(new DmTask.TargetMessage(Devices.id(NAME), 0, "mark " + text));
    }

    private void makeAndUse(Engine engine, String data, String log) throws Exception {
        devices.create(engine, NAME, "0 " + SECTORS + " log-writes " + data + " " + log, Devices.UBLK);
        Guest.sh("mkfs.ext4 -q -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 /dev/mapper/" + NAME)
                .ok();
        mark(engine, "mkfs");
        Guest.sh("""
                mkdir -p /tmp/writelog
                mount -o discard /dev/mapper/%s /tmp/writelog
                dd if=/dev/urandom of=/tmp/first bs=64k count=20 status=none
                cp /tmp/first /tmp/writelog/first
                sync -f /tmp/writelog
                """.formatted(NAME)).ok();
        mark(engine, "first");
        Guest.sh("""
                rm /tmp/writelog/first
                for i in 1 2 3; do cp /tmp/first /tmp/writelog/$i; sync /tmp/writelog/$i; done
                rm /tmp/writelog/2
                umount /tmp/writelog
                """).ok();
        devices.remove(engine, NAME);
    }

    /// Replays what is up to `mark`; "" for all. Answers the entries.
    private static List<WriteLogEntry> replay(String log, String image, String mark) throws Exception {
        Guest.sh("rm -f " + image + "; truncate -s " + SECTORS * 512 + " " + image)
                .ok();
        final List<WriteLogEntry> all = new ArrayList<>();
        try (WriteLogReader reader = WriteLogReader.open(Path.of(log));
                ReplayDevice device = ReplayDevice.open(Path.of(image))) {
            WriteLogEntry entry;
            while ((entry = reader.next()) != null) {
                device.apply(entry, reader);
                all.add(entry);
                if (!mark.isEmpty() && entry.mark().equals(mark)) {
                    break;
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aFileSystemIsInItsLog(Engine engine) throws Exception {
        final String data = engine == Engine.KERNEL ? "/dev/ubda" : "/dev/ubdc";
        final String log = engine == Engine.KERNEL ? "/dev/ubdb" : "/dev/ubdd";
        makeAndUse(engine, data, log);

        final List<WriteLogEntry> all = replay(log, "/tmp/all", "");
        Guest.sh("cmp -n " + SECTORS * 512 + " /tmp/all " + data).ok();
        assertEquals("dm-log-writes-end", all.getLast().mark());
        for (int flag : new int[] {WriteLogEntry.FLUSH, WriteLogEntry.FUA, WriteLogEntry.DISCARD}) {
            assertTrue(all.stream().anyMatch(e -> e.is(flag)), engine + ": no entry with flag " + flag);
        }
        assertTrue(
                all.stream().anyMatch(e -> e.is(WriteLogEntry.METADATA)),
                engine + ": no entry is file-system metadata");

        replay(log, "/tmp/first-image", "first");
        Guest.sh("""
                mount -o loop /tmp/first-image /tmp/writelog
                cmp /tmp/first /tmp/writelog/first
                umount /tmp/writelog
                """).ok();

        // At each flush after mkfs a crash leaves what e2fsck takes for a file system: by the command.
        final int mkfs = replay(log, "/tmp/flushes", "mkfs").size();
        final String check = "cp --sparse=always $DMCTL_REPLAY_DEVICE /tmp/copy;"
                + " e2fsck -fy /tmp/copy >/tmp/fsck.log 2>&1 || test $? -eq 1 || { cat /tmp/fsck.log; false; }";
        final String told = Guest.dmctl(
                        "replay", log, "/tmp/flushes", "--from-entry", String.valueOf(mkfs), "--check", check)
                .ok();
        assertTrue(told.matches("replayed \\d+ entries: .*; [1-9]\\d* checks passed\n"), told);
        Guest.sh("cmp /tmp/all /tmp/flushes").ok();
    }

    /// A log that is not closed is read to its last entry all the same.
    @Test
    void theLogOfADeviceInUseIsRead() throws Exception {
        Guest.sh("dd if=/dev/zero of=/dev/ubdd bs=64k count=4 oflag=direct status=none")
                .ok();
        devices.createJava(NAME, "0 " + SECTORS + " log-writes /dev/ubdc /dev/ubdd");
        mark(Engine.JAVA, "begin");
        Guest.sh("dd if=/dev/urandom of=/dev/mapper/" + NAME + " bs=4k count=1 oflag=direct conv=fsync status=none")
                .ok();
        Await.until(
                "both entries",
                Guest.TIMEOUT,
                () -> replay("/dev/ubdd", "/tmp/live", "").size() >= 3);
        try (WriteLogReader reader = WriteLogReader.open(Path.of("/dev/ubdd"))) {
            assertEquals(1, reader.counted());
        }
        Guest.sh("cmp -n 4096 /tmp/live /dev/ubdc").ok();
        devices.remove(Engine.JAVA, NAME);
    }
}
