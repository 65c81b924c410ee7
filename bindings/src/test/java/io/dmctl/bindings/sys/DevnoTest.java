package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DevnoTest {
    @Test
    void encodesAsTheKernelDoes() {
        assertEquals(0x10fe2cL, new Devno(254, 300).encode());
        assertEquals(new Devno(254, 300), Devno.decode(0x10fe2cL));
        assertEquals(0x6200L, new Devno(98, 0).encode());
        assertEquals(0xffffffffL, new Devno(4095, 1048575).encode());
    }

    @Test
    void everyPartSurvivesEncoding() {
        for (int bit = 0; bit < 20; bit++) {
            final Devno d = new Devno(1 << (bit % 12), 1 << bit);
            assertEquals(d, Devno.decode(d.encode()));
        }
    }

    @Test
    void parsesWhatItPrints() {
        assertEquals(new Devno(252, 7), Devno.parse("252:7"));
        assertEquals("252:7", new Devno(252, 7).toString());
    }

    @Test
    void refusesWhatIsNoDeviceNumber() {
        for (String bad : new String[] {
            "", ":", "1:", ":1", "1", "1:2:3", "-1:0", "1: 2", "a:b", "4096:0", "0:1048576", "1:99999999999"
        }) {
            assertThrows(IllegalArgumentException.class, () -> Devno.parse(bad), bad);
        }
    }
}
