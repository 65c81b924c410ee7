package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The limits that a program reads of a device are those of the kernel's device with the same table; where
/// they are not, docs/architecture.md has the reason.
@LabTest(
        disks = {"32M", "32M"},
        timeoutSeconds = 600)
class LimitsLabIT {
    private static final String NAME = "limits_dmctl_test_delme";
    private static final String NO_DISCARD = "limits_below_dmctl_test_delme";
    private static final LoadOptions UBLK = new LoadOptions("ublk", 2, 32, "");
    private static final List<String> ATTRIBUTES = List.of(
            "queue/logical_block_size",
            "queue/physical_block_size",
            "queue/hw_sector_size",
            "queue/minimum_io_size",
            "queue/optimal_io_size",
            "queue/discard_granularity",
            "queue/discard_max_bytes",
            "queue/write_zeroes_max_bytes",
            "queue/write_cache",
            "queue/fua",
            "queue/rotational",
            "queue/dma_alignment",
            "queue/virt_boundary_mask",
            "queue/chunk_sectors",
            "queue/stable_writes",
            "queue/zoned",
            "queue/nomerges",
            "alignment_offset",
            "discard_alignment",
            "ro",
            "size");

    /// FUA is passed on, where the kernel puts a flush behind the write; a bio's length has 32 bits, in whole 4 KiB.
    private static final List<String> KNOWN = List.of(
            "fua=0, ours 1",
            "discard_max_bytes=4294966784, ours 4294963200",
            "discard_max_bytes=2199023255040, ours 4294963200",
            "write_zeroes_max_bytes=4294966784, ours 4294963200");

    private final Devices devices = new Devices();
    private String loop4k = "";
    private String loop512 = "";

    @BeforeEach
    void disks() throws Exception {
        Guest.sh("truncate -s 32M /dev/shm/limits4k /dev/shm/limits512").ok();
        loop4k = Guest.sh("losetup -f --show --sector-size 4096 --direct-io=on /dev/shm/limits4k")
                .ok()
                .strip();
        loop512 = Guest.sh("losetup -f --show /dev/shm/limits512").ok().strip();
        devices.create(
                Engine.KERNEL,
                NO_DISCARD,
                "0 65536 crypt aes-xts-plain64 " + "0123456789abcdef".repeat(8) + " 0 /dev/ubda 0",
                LoadOptions.DEFAULT);
    }

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME, NO_DISCARD);
        Guest.sh("losetup -d " + loop4k + " && losetup -d " + loop512).ok();
        devices.close();
        Remains.requireNone();
    }

    private static List<String> limits(String disk) throws IOException {
        final List<String> all = new ArrayList<>();
        for (String attribute : ATTRIBUTES) {
            all.add(attribute.replaceFirst(".*/", "") + "="
                    + Files.readString(Path.of("/sys/block", disk, attribute)).strip());
        }
        return all;
    }

    private List<String> limitsOf(Engine engine, String table, boolean readOnly) throws Exception {
        if (readOnly) {
            devices.createReadOnly(engine, NAME, table, UBLK);
        } else {
            devices.create(engine, NAME, table, UBLK);
        }
        final String disk = engine == Engine.JAVA
                ? Remains.disk(NAME)
                : "dm-" + devices.info(engine, NAME).devno().minor();
        final List<String> limits = limits(disk);
        devices.remove(engine, NAME);
        return limits;
    }

    /// What differs beyond [#KNOWN], as `NAME=KERNEL, ours OURS`.
    private List<String> differences(String table) throws Exception {
        return differences(table, false);
    }

    private List<String> differences(String table, boolean readOnly) throws Exception {
        final List<String> kernel = limitsOf(Engine.KERNEL, table, readOnly);
        final List<String> ours = limitsOf(Engine.JAVA, table, readOnly);
        final List<String> different = new ArrayList<>();
        for (int i = 0; i < kernel.size(); i++) {
            if (!kernel.get(i).equals(ours.get(i))) {
                different.add(kernel.get(i) + ", ours " + ours.get(i).replaceFirst(".*=", ""));
            }
        }
        different.removeAll(KNOWN);
        return different;
    }

    @Test
    void linear() throws Exception {
        for (String disk : List.of("/dev/ubda", loop4k, loop512, "/dev/mapper/" + NO_DISCARD)) {
            if (!disk.equals("/dev/ubda")) {
                assertEquals(List.of(), differences("0 65536 linear " + disk + " 0"), disk);
            }
        }
        devices.remove(Engine.KERNEL, NO_DISCARD);
        assertEquals(List.of(), differences("0 65536 linear /dev/ubda 0"));
        assertEquals(List.of(), differences("0 65536 linear /dev/ubda 0", true), "read-only");
        assertEquals(
                List.of(),
                differences("0 32768 linear " + loop4k + " 0\n32768 65536 linear /dev/ubdb 0"),
                "of two disks");
    }

    @Test
    void aTableWithoutDiscardsTakesThemAway() throws Exception {
        devices.create(Engine.JAVA, NAME, "0 65536 linear " + loop512 + " 0", UBLK);
        devices.swapJava(NAME, "0 65536 linear /dev/mapper/" + NO_DISCARD + " 0");
        final List<String> limits = limits(Remains.disk(NAME));
        assertTrue(limits.contains("discard_max_bytes=0"), limits::toString);
    }

    /// Requests that do not cross a chunk would be smaller than the core needs them; ublk counts sizes in
    /// powers of two.
    @Test
    void striped() throws Exception {
        devices.remove(Engine.KERNEL, NO_DISCARD);
        assertEquals(
                List.of("chunk_sectors=128, ours 0"), differences("0 131072 striped 2 128 /dev/ubda 0 /dev/ubdb 0"));
        assertEquals(
                List.of("optimal_io_size=98304, ours 65536", "chunk_sectors=64, ours 0"),
                differences("0 98304 striped 3 64 /dev/ubda 0 /dev/ubdb 0 " + loop512 + " 0"));
    }

    @Test
    void targetsWithoutADevice() throws Exception {
        assertEquals(List.of(), differences("0 65536 error"));
        assertEquals(List.of(), differences("0 65536 zero"));
    }
}
