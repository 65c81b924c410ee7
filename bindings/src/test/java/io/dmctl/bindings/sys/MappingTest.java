package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTest {
    @TempDir
    Path dir;

    @Test
    void anonymousMemoryIsZeroedPageAlignedAndGoneAfterClose() throws Exception {
        final Mapping m = Mapping.anonymous(5000);
        assertEquals(Pages.roundUp(5000), m.byteSize());
        assertEquals(0, m.address() % Pages.sizeBytes());
        assertArrayEquals(new byte[(int) m.byteSize()], m.segment().toArray(JAVA_BYTE));
        assertTrue(isMapped(m.address()));
        m.close();
        m.close();
        assertFalse(isMapped(m.address()));
    }

    @Test
    void sharedMappingIsTheFile() throws Exception {
        final byte[] expected = new byte[3 * 4096];
        new Random(1).nextBytes(expected);
        final Path file = Files.write(dir.resolve("f"), expected);
        try (Fd fd = Fd.open(file.toString(), Libc.O_RDWR())) {
            try (Mapping m = Mapping.shared(fd.number(), 4096, 8192, Mapping.READ_WRITE)) {
                assertArrayEquals(
                        MemorySegment.ofArray(expected).asSlice(4096, 8192).toArray(JAVA_BYTE),
                        m.segment().toArray(JAVA_BYTE));
                m.segment().set(JAVA_BYTE, 0, (byte) ~expected[4096]);
            }
        }
        expected[4096] = (byte) ~expected[4096];
        assertArrayEquals(expected, Files.readAllBytes(file));
    }

    @Test
    void executableMemoryIsTheCodeAndCannotBeWritten() throws Exception {
        final byte[] code = {(byte) 0xc3}; // ret
        try (Mapping m = Mapping.executable(code)) {
            assertEquals(code[0], m.segment().get(JAVA_BYTE, 0));
            final String start = Long.toHexString(m.address()) + "-";
            final String line = Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .filter(l -> l.startsWith(start))
                    .findFirst()
                    .orElseThrow();
            assertTrue(line.contains(" r-xp "), line);
        }
    }

    @Test
    void failureNamesCallAndErrno() {
        final ErrnoException e = assertThrows(ErrnoException.class, () -> Mapping.shared(-1, 0, 4096, Mapping.READ));
        assertEquals(Errno.EBADF, e.errno());
        assertEquals("mmap: fd -1: Bad file descriptor (EBADF)", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Mapping.anonymous(0));
    }

    private static boolean isMapped(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.substring(0, line.indexOf(' ')).split("-", 2))
                .anyMatch(range -> Long.parseUnsignedLong(range[0], 16) <= address
                        && address < Long.parseUnsignedLong(range[1], 16));
    }
}
