package io.dmctl.bindings.ring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.libc.msghdr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageVectorTest {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory =
            arena.allocate(MessageVector.bytesFor(3), 8).fill((byte) 0xff);
    private final MessageVector vector = new MessageVector(memory, 3);

    @AfterEach
    void close() {
        arena.close();
    }

    private void assertPart(int index, long address, long bytes) {
        final long at = msghdr.msg_iov(memory).address() - memory.address() + index * iovec.sizeof();
        assertEquals(address, memory.get(JAVA_LONG, at + iovec.iov_base$offset()));
        assertEquals(bytes, memory.get(JAVA_LONG, at + iovec.iov_len$offset()));
    }

    @Test
    void shortResultsGoOnWhereTheyStopped() {
        vector.add(1000, 16);
        vector.add(5000, 100);
        vector.add(9000, 0);
        assertEquals(0, vector.room());
        assertEquals(3, msghdr.msg_iovlen(memory));
        assertFalse(vector.advance(10));
        assertPart(0, 1010, 6);
        assertFalse(vector.advance(6));
        assertEquals(2, msghdr.msg_iovlen(memory));
        assertPart(0, 5000, 100);
        assertFalse(vector.advance(99));
        assertPart(0, 5099, 1);
        assertTrue(vector.advance(1));
        assertEquals(0, msghdr.msg_iovlen(memory));
    }

    @Test
    void isEmptyAfterClear() {
        vector.add(1000, 16);
        vector.clear();
        assertEquals(3, vector.room());
        assertEquals(0, msghdr.msg_iovlen(memory));
        vector.add(2000, 8);
        assertPart(0, 2000, 8);
        assertEquals(0, msghdr.msg_flags(memory));
        assertEquals(0, msghdr.msg_controllen(memory));
    }

    @Test
    void tooLittleMemoryIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new MessageVector(memory, 4));
        assertThrows(IllegalArgumentException.class, () -> new MessageVector(memory, 0));
        assertThrows(IllegalArgumentException.class, () -> new MessageVector(MemorySegment.ofArray(new long[99]), 3));
    }
}
