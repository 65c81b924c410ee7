package io.dmctl.bindings.ublkctl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.ublk.Ublk;
import io.dmctl.bindings.ublk.ublk_auto_buf_reg;
import io.dmctl.bindings.ublk.ublksrv_io_cmd;
import io.dmctl.bindings.ublk.ublksrv_io_desc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class UblkIoTest {
    @Test
    void commandWordsAreTheKernelsStruct() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment cmd = ublksrv_io_cmd.allocate(arena);
            ublksrv_io_cmd.q_id(cmd, (short) 3);
            ublksrv_io_cmd.tag(cmd, (short) 4095);
            ublksrv_io_cmd.result(cmd, -5);
            ublksrv_io_cmd.addr(cmd, 0x1234_5678_9000L);
            assertEquals(cmd.get(JAVA_LONG, 0), UblkIo.cmdLow(3, 4095, -5));
            assertEquals(cmd.get(JAVA_LONG, 8), UblkIo.cmdHigh(0x1234_5678_9000L));
        }
    }

    @Test
    void automaticRegistrationIsTheKernelsStruct() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment reg = ublk_auto_buf_reg.allocate(arena);
            ublk_auto_buf_reg.index(reg, (short) 4095);
            ublk_auto_buf_reg.flags(reg, (byte) Ublk.UBLK_AUTO_BUF_REG_FALLBACK());
            assertEquals(reg.get(JAVA_LONG_UNALIGNED, 0), UblkIo.autoBufReg(4095));
        }
    }

    @Test
    void sharedMemoryIsFoundWhereTheKernelSays() {
        assertEquals(Ublk.UBLK_IO_F_SHMEM_ZC(), UblkIo.F_SHMEM_ZC);
        assertEquals(Ublk.UBLK_SHMEM_ZC_IDX_OFF(), UblkIo.SHMEM_INDEX_SHIFT);
        final long address = 0xfedcL << Ublk.UBLK_SHMEM_ZC_IDX_OFF() | 0x8765_4321L;
        assertEquals(
                address >> Ublk.UBLK_SHMEM_ZC_IDX_OFF() & Ublk.UBLK_SHMEM_ZC_IDX_MASK(), UblkIo.shmemIndex(address));
        assertEquals(address & Ublk.UBLK_SHMEM_ZC_OFF_MASK(), UblkIo.shmemOffset(address));
    }

    @Test
    void descriptorsAreReadWhereTheKernelWritesThem() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment area = arena.allocate(UblkIo.descriptorAreaBytes(8), 8);
            final long at = UblkIo.descriptorOffset(5);
            final MemorySegment desc = ublksrv_io_desc.asSlice(area, 5);
            ublksrv_io_desc.op_flags(desc, UblkIo.OP_WRITE | UblkIo.F_FUA | UblkIo.F_SWAP);
            ublksrv_io_desc.nr_sectors(desc, 77);
            ublksrv_io_desc.start_sector(desc, 1L << 40);
            ublksrv_io_desc.addr(desc, 99);
            final int opFlags = UblkIo.opFlags(area, at);
            assertEquals(area.get(JAVA_INT, at), opFlags);
            assertEquals(UblkIo.OP_WRITE, UblkIo.op(opFlags));
            assertEquals(UblkIo.F_FUA | UblkIo.F_SWAP, UblkIo.flags(opFlags));
            assertEquals(77, UblkIo.nrSectors(area, at));
            assertEquals(1L << 40, UblkIo.startSector(area, at));
            assertEquals(99, UblkIo.address(area, at));
        }
    }

    @Test
    void descriptorAreasFollowTheLargestDepth() {
        assertEquals(4096, UblkIo.descriptorAreaBytes(1));
        assertEquals(4096, UblkIo.descriptorAreaBytes(128));
        assertEquals(8192, UblkIo.descriptorAreaBytes(171));
        assertEquals(98304, UblkIo.descriptorAreaBytes(4096));
        assertEquals(0, UblkIo.descriptorAreaOffset(0));
        assertEquals(2 * 98304, UblkIo.descriptorAreaOffset(2));
    }
}
