package io.dmctl.targets.verity.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// The hash functions of the JDK, under the kernel's names.
public enum HashAlgorithm {
    MD5("md5", "MD5", 16),
    SHA1("sha1", "SHA-1", 20),
    SHA224("sha224", "SHA-224", 28),
    SHA256("sha256", "SHA-256", 32),
    SHA384("sha384", "SHA-384", 48),
    SHA512("sha512", "SHA-512", 64),
    SHA3_224("sha3-224", "SHA3-224", 28),
    SHA3_256("sha3-256", "SHA3-256", 32),
    SHA3_384("sha3-384", "SHA3-384", 48),
    SHA3_512("sha3-512", "SHA3-512", 64);

    private final String kernelName;
    private final String javaName;
    private final int digestBytes;

    HashAlgorithm(String kernelName, String javaName, int digestBytes) {
        this.kernelName = kernelName;
        this.javaName = javaName;
        this.digestBytes = digestBytes;
    }

    public String kernelName() {
        return kernelName;
    }

    public int digestBytes() {
        return digestBytes;
    }

    /// The function of this name, as the kernel spells it.
    public static Optional<HashAlgorithm> find(String kernelName) {
        for (HashAlgorithm algorithm : values()) {
            if (algorithm.kernelName.equals(kernelName)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /// A new state of the function, for one thread.
    MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(javaName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no " + javaName, e);
        }
    }
}
