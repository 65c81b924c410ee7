package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The hashes that essiv can be given: the digest of the key is an AES key itself, so its length must be one.
///
/// @kernel crypto/essiv.c `essiv_skcipher_setkey`
enum EssivHash {
    MD5("md5", "MD5", 16),
    SHA256("sha256", "SHA-256", 32),
    SHA3_256("sha3-256", "SHA3-256", 32),
    /// Accepted as algorithms, and then no key is: 20 and 28 bytes are no AES key.
    SHA1("sha1", "SHA-1", 20),
    SHA224("sha224", "SHA-224", 28),
    SHA3_224("sha3-224", "SHA3-224", 28);

    final String kernelName;
    private final String jdkName;
    final int digestBytes;

    EssivHash(String kernelName, String jdkName, int digestBytes) {
        this.kernelName = kernelName;
        this.jdkName = jdkName;
        this.digestBytes = digestBytes;
    }

    boolean makesKeys() {
        return digestBytes == 16 || digestBytes == 32;
    }

    /// The digest of `key`, written to `salt`.
    void digest(MemorySegment key, MemorySegment salt) throws TargetException {
        final byte[] bytes = key.toArray(ValueLayout.JAVA_BYTE);
        try {
            final MessageDigest hash = MessageDigest.getInstance(jdkName);
            final byte[] digest = hash.digest(bytes);
            MemorySegment.copy(digest, 0, salt, ValueLayout.JAVA_BYTE, 0, digest.length);
            Arrays.fill(digest, (byte) 0);
        } catch (NoSuchAlgorithmException e) {
            throw TargetException.invalid("the JDK has no " + jdkName);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
