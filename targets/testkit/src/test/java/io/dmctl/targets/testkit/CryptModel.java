package io.dmctl.targets.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// dm-crypt, written once more and naively: a sector at a time, a block at a time, from the standards'
/// definitions.
final class CryptModel {
    private final String mode;
    private final String iv;
    private final byte[] key;
    private final int keyCount;
    private final int sectorBytes;
    private final boolean largeSectors;
    private final long ivOffset;
    /// AES/ECB by direction and key: it has no state between calls.
    private final Map<String, Cipher> ecb = new HashMap<>();

    /// `cipher` as in a table line: `aes[:n]-mode-iv`.
    CryptModel(String cipher, String hexKey, int sectorBytes, boolean largeSectors, long ivOffset) {
        final String[] words = cipher.split("-", 3);
        final String[] count = words[0].split(":", 2);
        this.keyCount = count.length == 1 ? 1 : Integer.parseInt(count[1]);
        this.mode = words[1];
        this.iv = words.length > 2 ? words[2] : "";
        this.key = HexFormat.of().parseHex(hexKey);
        this.sectorBytes = sectorBytes;
        this.largeSectors = largeSectors;
        this.ivOffset = ivOffset;
    }

    /// `data` starts at sector `sector` (of 512 bytes) of the target.
    byte[] encrypt(long sector, byte[] data) {
        return convert(Cipher.ENCRYPT_MODE, sector, data);
    }

    byte[] decrypt(long sector, byte[] data) {
        return convert(Cipher.DECRYPT_MODE, sector, data);
    }

    private byte[] convert(int way, long sector, byte[] data) {
        final byte[] out = new byte[data.length];
        for (int at = 0; at < data.length; at += sectorBytes) {
            final byte[] one = Arrays.copyOfRange(data, at, at + sectorBytes);
            try {
                System.arraycopy(sector(way, sector + at / 512 + ivOffset, one), 0, out, at, sectorBytes);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
        return out;
    }

    private byte[] sector(int way, long number, byte[] data) throws GeneralSecurityException {
        final int part = key.length / keyCount;
        final int index = (int) (number & (keyCount - 1));
        final byte[] k = Arrays.copyOfRange(key, index * part, (index + 1) * part);
        final byte[] v = iv(largeSectors ? number / (sectorBytes / 512) : number, k);
        return switch (mode) {
            case "ecb" -> aes("ECB", way, k, null, data);
            case "cbc" -> aes("CBC", way, k, v, data);
            case "xts" -> xts(way, k, v, data);
            default -> throw new IllegalArgumentException(mode);
        };
    }

    private byte[] iv(long n, byte[] k) throws GeneralSecurityException {
        final ByteBuffer little = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        final ByteBuffer big = ByteBuffer.allocate(16);
        final String[] words = iv.split(":", 2);
        switch (words[0]) {
            case "plain" -> little.putInt((int) n);
            case "plain64" -> little.putLong(n);
            case "plain64be" -> {
                return big.putLong(8, n).array();
            }
            case "benbi" -> {
                return big.putLong(8, n * 32 + 1).array();
            }
            case "essiv" -> {
                final String hash = words[1].replace("sha", "SHA-").replace("md", "MD");
                final byte[] salt = MessageDigest.getInstance(hash).digest(k);
                return aes(
                        "ECB",
                        Cipher.ENCRYPT_MODE,
                        salt,
                        null,
                        little.putLong(n).array());
            }
            default -> {}
        }
        return little.array();
    }

    private byte[] aes(String mode, int way, byte[] k, byte @Nullable [] iv, byte[] data)
            throws GeneralSecurityException {
        if (iv == null) {
            final String name = way + HexFormat.of().formatHex(k);
            Cipher cipher = ecb.get(name);
            if (cipher == null) {
                cipher = Cipher.getInstance("AES/" + mode + "/NoPadding");
                cipher.init(way, new SecretKeySpec(k, "AES"));
                ecb.put(name, cipher);
            }
            return cipher.doFinal(data);
        }
        final Cipher cipher = Cipher.getInstance("AES/" + mode + "/NoPadding");
        cipher.init(way, new SecretKeySpec(k, "AES"), new IvParameterSpec(iv));
        return cipher.doFinal(data);
    }

    private byte[] xts(int way, byte[] k, byte[] iv, byte[] data) throws GeneralSecurityException {
        final byte[] k1 = Arrays.copyOf(k, k.length / 2);
        final byte[] k2 = Arrays.copyOfRange(k, k.length / 2, k.length);
        byte[] tweak = aes("ECB", Cipher.ENCRYPT_MODE, k2, null, iv);
        final byte[] out = new byte[data.length];
        for (int at = 0; at < data.length; at += 16) {
            final byte[] block = aes("ECB", way, k1, null, xor(Arrays.copyOfRange(data, at, at + 16), tweak));
            System.arraycopy(xor(block, tweak), 0, out, at, 16);
            tweak = timesX(tweak);
        }
        return out;
    }

    private static byte[] xor(byte[] a, byte[] b) {
        final byte[] out = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = (byte) (a[i] ^ b[i]);
        }
        return out;
    }

    private static byte[] timesX(byte[] a) {
        final byte[] out = new byte[16];
        int carry = 0;
        for (int i = 0; i < 16; i++) {
            final int doubled = (a[i] & 0xff) * 2 + carry;
            out[i] = (byte) doubled;
            carry = doubled >> 8;
        }
        out[0] ^= (byte) (carry * 0x87);
        return out;
    }
}
