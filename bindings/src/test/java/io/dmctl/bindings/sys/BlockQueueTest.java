package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockQueueTest {
    @TempDir
    Path queue;

    private void attribute(String name, String value) throws IOException {
        Files.writeString(queue.resolve(name), value + "\n");
    }

    @Test
    void everyAttributeIsReadFromItsOwnFile() throws IOException {
        attribute("logical_block_size", "4096");
        attribute("physical_block_size", "8192");
        attribute("minimum_io_size", "16384");
        attribute("optimal_io_size", "65536");
        attribute("discard_max_bytes", "2147450880");
        attribute("discard_granularity", "32768");
        attribute("write_zeroes_max_bytes", "33554432");
        attribute("write_cache", "write back");
        attribute("fua", "1");
        attribute("max_sectors_kb", "1024");
        attribute("max_hw_sectors_kb", "2048");
        attribute("max_segments", "99");
        attribute("max_segment_size", "4294967295");
        attribute("dma_alignment", "3");
        attribute("virt_boundary_mask", "4095");
        attribute("chunk_sectors", "256");
        attribute("rotational", "0");
        attribute("zoned", "host-managed");
        assertEquals(
                new BlockQueue(
                        4096,
                        8192,
                        16384,
                        65536,
                        2147450880L,
                        32768,
                        33554432,
                        true,
                        true,
                        1024,
                        2048,
                        99,
                        4294967295L,
                        3,
                        4095,
                        256,
                        false,
                        true),
                BlockQueue.read(queue));
    }

    @Test
    void absentFilesGiveTheKernelsDefaults() throws IOException {
        assertEquals(
                new BlockQueue(512, 512, 512, 0, 0, 0, 0, false, false, 1280, 127, 128, 65536, 511, 0, 0, true, false),
                BlockQueue.read(queue));
    }

    @Test
    void aDeviceThatIsNotThereIsAnError() {
        assertThrows(IOException.class, () -> BlockQueue.of(new Devno(4095, 1)));
        assertThrows(IOException.class, () -> BlockQueue.read(queue.resolve("none")));
    }
}
