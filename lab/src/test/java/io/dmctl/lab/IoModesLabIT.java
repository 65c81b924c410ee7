package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.transport.IoMode;
import io.dmctl.lab.parity.BlockIo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every I/O mode holds what is written, for targets that let the bytes pass, that need them, and that make them.
@LabTest(
        disks = {"32M", "32M"},
        timeoutSeconds = 600)
class IoModesLabIT {
    private static final String NAME = "modes_dmctl_test_delme";
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int WRITES = LabBoot.cycles(20_000, 200);
    private static final int SWAPS = LabBoot.cycles(200, 20);
    private static final String KEY = "0123456789abcdef".repeat(8);
    private static final String LINEAR = "0 16384 linear /dev/ubda 0";
    private static final String HALVES = "0 8192 linear /dev/ubda 0\n8192 8192 linear /dev/ubda 8192";
    private static final String STRIPED = "0 32768 striped 2 16 /dev/ubda 0 /dev/ubdb 0";
    /// Requests lie across the border, so that one part of their bytes is looked at and the other is not.
    private static final String MIXED =
            "0 8191 linear /dev/ubda 0\n8191 8193 crypt aes-xts-plain64 " + KEY + " 0 /dev/ubdb 0";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME);
        devices.close();
        Remains.requireNone();
    }

    private void make(IoMode mode, String table) throws Exception {
        devices.create(Engine.JAVA, NAME, table, new LoadOptions("ublk", 2, 32, "").withIoMode(mode.word()));
    }

    private void hold(IoMode mode, String table, long sectors) throws Exception {
        make(mode, table);
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), sectors, 2, SEED)) {
            load.awaitWrites(WRITES, BOUND);
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void linearLetsTheBytesPass(IoMode mode) throws Exception {
        hold(mode, LINEAR, 16384);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void stripedSendsTheirPartsToSeveralDisks(IoMode mode) throws Exception {
        hold(mode, STRIPED, 32768);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void cryptNeedsThem(IoMode mode) throws Exception {
        hold(mode, "0 16384 crypt aes-xts-plain64 " + KEY + " 0 /dev/ubda 0", 16384);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aRequestMayGoToTargetsOfBothKinds(IoMode mode) throws Exception {
        hold(mode, MIXED, 16384);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void zeroMakesThem(IoMode mode) throws Exception {
        make(mode, "0 16384 zero");
        final MemorySegment bytes = Arena.ofAuto().allocate(1 << 20, 4096).fill((byte) 7);
        try (BlockIo io = BlockIo.open("/dev/mapper/" + NAME)) {
            assertEquals(bytes.byteSize(), io.write(bytes, 0));
            assertEquals(bytes.byteSize(), io.read(bytes, 0));
        }
        assertEquals(-1, bytes.mismatch(Arena.ofAuto().allocate(1 << 20)), "not all zeros");
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void tablesChangeUnderIo(IoMode mode) throws Exception {
        make(mode, LINEAR);
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), 16384, 2, SEED)) {
            for (int i = 0; i < SWAPS; i++) {
                devices.swapJava(NAME, i % 2 == 0 ? HALVES : LINEAR);
                load.awaitWrites(5, BOUND);
            }
            assertEquals(0, load.failed.get(), "requests failed");
        }
    }

    /// What is only passed on costs no memory. Where the driver copies, 32 tags are filled with 256 KiB each.
    @Test
    void buffersAreThereOnlyWhereTheyAreUsed() throws Exception {
        final long copied = memoryKib(IoMode.COPY);
        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
        final long passed = memoryKib(IoMode.ZERO_COPY);
        assertTrue(copied - passed > 6 << 10, copied + " KiB in copy mode, " + passed + " in zero copy");
    }

    private long memoryKib(IoMode mode) throws Exception {
        make(mode, LINEAR);
        final long before = anonymousKib();
        Guest.sh("fio --name=large --filename=/dev/mapper/" + NAME + " --rw=write --bs=256k --iodepth=32"
                        + " --ioengine=io_uring --direct=1 --size=8M --loops=4")
                .ok();
        return anonymousKib() - before;
    }

    private static long anonymousKib() throws Exception {
        return Files.readAllLines(Path.of("/proc/" + Remains.server().pid() + "/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theModeIsToldAndOneThatCannotBeIsRefused() throws Exception {
        make(IoMode.ZERO_COPY, "0 8 zero");
        assertTrue(Guest.dmctl("info", NAME).ok().contains("I/O mode:          zero-copy\n"));
        assertTrue(Guest.dmctl("info", "--json", NAME).ok().contains("\"io_mode\":\"zero-copy\""));
        devices.remove(Engine.JAVA, NAME);
        final Guest.Result refused =
                Guest.dmctl("create", NAME, "--transport", "nbd", "--io-mode", "zero-copy", "--table", "0 8 zero");
        assertEquals(8, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("transport nbd has no I/O modes: use --transport ublk"), refused::toString);
    }
}
