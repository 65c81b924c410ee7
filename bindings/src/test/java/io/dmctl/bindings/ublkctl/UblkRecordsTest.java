package io.dmctl.bindings.ublkctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublk.ublk_params;
import io.dmctl.bindings.ublk.ublksrv_ctrl_dev_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UblkRecordsTest {
    @Test
    void parametersSurviveTheKernelsForm() {
        final UblkParams.Basic basic = new UblkParams.Basic(
                UblkParams.Basic.VOLATILE_CACHE | UblkParams.Basic.ROTATIONAL,
                9,
                12,
                16,
                13,
                1024,
                256,
                1L << 35,
                4095);
        final UblkParams full = UblkParams.of(basic)
                .withDiscard(new UblkParams.Discard(512, 4096, 1 << 20, 1 << 19))
                .withDmaAlignmentMask(511)
                .withSegment(new UblkParams.Segment(65535, 1 << 16, 65535));
        for (UblkParams params : new UblkParams[] {full, UblkParams.of(basic)}) {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment raw = ublk_params.allocate(arena);
                UblkParamsCodec.encode(params, raw);
                assertEquals(params, UblkParamsCodec.decode(raw));
                assertEquals(ublk_params.sizeof(), ublk_params.len(raw));
            }
        }
    }

    @Test
    void wantedDeviceSurvivesTheKernelsForm() {
        final long flags = UblkFeature.maskOf(EnumSet.of(UblkFeature.USER_COPY, UblkFeature.AUTO_BUF_REG));
        final UblkDeviceInfo wanted = UblkDeviceInfo.wanted(UblkDeviceInfo.ANY_ID, 2, 4096, 1 << 20, flags);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment raw = ublksrv_ctrl_dev_info.allocate(arena);
            wanted.encode(raw);
            ublksrv_ctrl_dev_info.ublksrv_pid(raw, -1);
            assertEquals(wanted, UblkDeviceInfo.decode(raw));
        }
        assertTrue(wanted.has(UblkFeature.USER_COPY));
        assertFalse(wanted.has(UblkFeature.QUIESCE));
    }

    @Test
    void wantedDeviceNamesFieldValueAndRange() {
        final IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> UblkDeviceInfo.wanted(-1, 1, 5000, 1 << 20, 0));
        assertEquals("depth must be in 1..4096, was 5000", e.getMessage());
    }

    @Test
    void featureMasksAndSetsAgree() {
        final Set<UblkFeature> all = EnumSet.allOf(UblkFeature.class);
        assertEquals(0xfffff, UblkFeature.maskOf(all));
        assertEquals(all, UblkFeature.setOf(-1L));
        assertEquals(Set.of(), UblkFeature.setOf(1L << 40));
    }

    @Test
    void absenceHasAReasonAndARemedy() {
        final Availability ublk = UblkControl.probe();
        if (Files.exists(Path.of(UblkControl.PATH))) {
            assertTrue(ublk.available() || !ublk.remedy().isEmpty(), ublk::toString);
            return;
        }
        assertEquals("/dev/ublk-control is missing", ublk.reason());
        assertTrue(ublk.remedy().contains("modprobe ublk_drv"), ublk.remedy());
        final ErrnoException e = assertThrows(ErrnoException.class, UblkControl::open);
        assertEquals(Errno.ENOENT, e.errno());
    }
}
