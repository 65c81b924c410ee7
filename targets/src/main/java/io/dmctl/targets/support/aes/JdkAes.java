package io.dmctl.targets.support.aes;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A `javax.crypto.Cipher` without padding, fed from heap arrays: its forms for buffers copy through arrays
/// that they
/// allocate, and the same array as input and output is copied too.
final class JdkAes {
    /// Bytes of a block.
    static final int BLOCK = 16;
    /// Bytes that are done in one call: input, output and tweaks stay in the first-level cache.
    static final int CHUNK = 4096;

    private final Cipher cipher;

    private JdkAes(String transformation, int opmode, MemorySegment key, boolean zeroIv) throws TargetException {
        final byte[] bytes = key.toArray(ValueLayout.JAVA_BYTE);
        try {
            cipher = Cipher.getInstance(transformation);
            final SecretKeySpec spec = new SecretKeySpec(bytes, "AES");
            if (zeroIv) {
                cipher.init(opmode, spec, new IvParameterSpec(new byte[BLOCK]));
            } else {
                cipher.init(opmode, spec);
            }
        } catch (GeneralSecurityException e) {
            throw TargetException.invalid("the JDK has no " + transformation);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    static JdkAes encryptor(MemorySegment key) throws TargetException {
        return new JdkAes("AES/ECB/NoPadding", Cipher.ENCRYPT_MODE, key, false);
    }

    static JdkAes decryptor(MemorySegment key) throws TargetException {
        return new JdkAes("AES/ECB/NoPadding", Cipher.DECRYPT_MODE, key, false);
    }

    /// Encrypts a chain that starts with an initialisation vector of zeros and never ends.
    static JdkAes chain(MemorySegment key) throws TargetException {
        return new JdkAes("AES/CBC/NoPadding", Cipher.ENCRYPT_MODE, key, true);
    }

    /// Whole blocks, from the start of one array to the start of another.
    @HotPath
    void update(byte[] in, int bytes, byte[] out) {
        update(in, 0, bytes, out);
    }

    @HotPath
    void update(byte[] in, int at, int bytes, byte[] out) {
        try {
            if (cipher.update(in, at, bytes, out, at) != bytes) {
                throw new IllegalStateException("the cipher kept bytes back");
            }
        } catch (ShortBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
