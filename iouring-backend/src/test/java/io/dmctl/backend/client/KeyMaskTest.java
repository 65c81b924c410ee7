package io.dmctl.backend.client;

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
}
