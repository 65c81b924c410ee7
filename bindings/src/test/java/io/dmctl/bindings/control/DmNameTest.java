package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DmNameTest {
    @Test
    void takesWhatTheKernelTakes() {
        assertEquals("a b", DmName.of("a b").toString());
        assertEquals(127, DmName.of("x".repeat(127)).bytes().length);
        assertArrayEquals(
                new byte[] {(byte) 0xff},
                DmName.ofBytes(new byte[] {(byte) 0xff}).bytes());
        assertEquals(128, DmUuid.of("x".repeat(128)).bytes().length);
        assertEquals("a/b", DmUuid.of("a/b").toString());
    }

    @Test
    void refusesWhatTheKernelRefuses() {
        for (String bad : new String[] {"", ".", "..", "control", "a/b", "a\0b", "x".repeat(128), "é".repeat(64)}) {
            assertThrows(IllegalArgumentException.class, () -> DmName.of(bad), bad);
        }
        for (String bad : new String[] {"", "a\0b", "x".repeat(129)}) {
            assertThrows(IllegalArgumentException.class, () -> DmUuid.of(bad), bad);
        }
    }

    @Test
    void manglesAsLibdmsAutoMode() {
        assertEquals("a\\x20b", DmName.mangle("a b").toString());
        assertEquals("0-9A.Za:z#+-.:=@_", DmName.mangle("0-9A.Za:z#+-.:=@_").toString());
        assertEquals("\\xc3\\xa9", DmName.mangle("é").toString());
        assertEquals("a\\x5cb", DmName.mangle("a\\b").toString());
        assertEquals("a\\x20b", DmName.mangle("a\\x20b").toString());
        assertThrows(IllegalArgumentException.class, () -> DmName.mangle("a\\x20b c"));
        assertThrows(IllegalArgumentException.class, () -> DmName.mangle("a\\x5cx20b"));
        assertEquals("a b", DmName.mangle("a b").unmangled());
        assertEquals("é", DmUuid.mangle("é").unmangled());
    }

    @Test
    void theNodeOfAnyNameIsWhitelisted() {
        assertEquals("a\\x20b\\x5cc\\x20", DmName.of("a b\\c\\x20").nodeName());
    }

    @Test
    void ordersByBytes() {
        assertTrue(DmName.of("a").compareTo(DmName.of("é")) < 0);
        assertTrue(DmName.of("B").compareTo(DmName.of("a")) < 0);
        assertEquals(DmName.of("é"), DmName.ofBytes(new byte[] {(byte) 0xc3, (byte) 0xa9}));
    }
}
