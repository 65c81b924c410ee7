package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class KeyMaskTest {
    @Test
    void cryptKeyIsZerosOfItsLength() {
        assertEquals("aes-xts-plain64 00000000 0 8:16 0", KeyMask.hide("crypt", "aes-xts-plain64 deadbeef 0 8:16 0"));
    }

    @Test
    void keyOfAKeyringIsShown() {
        final String params = "aes-xts-plain64 :64:logon:name 0 8:16 0";
        assertEquals(params, KeyMask.hide("crypt", params));
    }

    @Test
    void integrityKeysAreZeros() {
        assertEquals(
                "8:16 0 32 J 2 internal_hash:hmac(sha256):0000 meta_device:8:32",
                KeyMask.hide("integrity", "8:16 0 32 J 2 internal_hash:hmac(sha256):beef meta_device:8:32"));
        assertEquals(
                "8:16 0 4 J 1 internal_hash:crc32c", KeyMask.hide("integrity", "8:16 0 4 J 1 internal_hash:crc32c"));
    }

    @Test
    void otherTargetsAreLeftAlone() {
        assertEquals("8:16 0", KeyMask.hide("linear", "8:16 0"));
        assertEquals("", KeyMask.hide("crypt", ""));
        assertEquals("cipher", KeyMask.hide("crypt", "cipher"));
    }

    @Test
    void wordsAreDividedAsTheKernelDoes() {
        assertEquals(" aes-xts-plain64\t 0000  0 8:16 0", KeyMask.hide("crypt", " aes-xts-plain64\t beef  0 8:16 0"));
        assertEquals(
                "8:16 0 4 J 1\tinternal_hash:hmac(sha256):0000\n",
                KeyMask.hide("integrity", "8:16 0 4 J 1\tinternal_hash:hmac(sha256):beef\n"));
    }

    @Test
    void keyOfAMessageIsZerosOfItsLength() {
        assertEquals("key set 00000000", KeyMask.hideMessage("key set deadbeef"));
        assertEquals(" KEY\tSet  0000 00", KeyMask.hideMessage(" KEY\tSet  beef 12"));
        assertEquals("k\\ey set 0000", KeyMask.hideMessage("k\\ey set beef"));
        for (String shown :
                new String[] {"key wipe", "key set :32:logon:name", "key", "", "@stats_list", "set key beef"}) {
            assertEquals(shown, KeyMask.hideMessage(shown));
        }
    }
}
