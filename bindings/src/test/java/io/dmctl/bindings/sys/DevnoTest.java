package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DevnoTest {
    @Test
    void hugeEncodingKeepsBothNumbers() {
        assertEquals(0xfd02, new Devno(253, 2).encode());
        assertEquals(0x12_3_45 | (0x678L << 20), new Devno(0x123, 0x67845).encode());
        for (int major : new int[] {0, 1, 7, 252, 4095}) {
            for (int minor : new int[] {0, 1, 255, 256, 0xfffff}) {
                final Devno dev = new Devno(major, minor);
                assertEquals(dev, Devno.decode(dev.encode()));
                assertEquals(dev, Devno.parse(dev.toString()));
                assertEquals(dev, Devno.ofStRdev(dev.encode())); // the same bits up to 12 and 20
            }
        }
    }

    @Test
    void parseRefusesWhatIsNoDeviceNumber() {
        for (String bad : new String[] {"", "7", "7:", ":1", "a:b", "-1:0", "4096:0", "0:1048576"}) {
            assertThrows(IllegalArgumentException.class, () -> Devno.parse(bad), bad);
        }
    }
}
