package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names of the kernel's crypto API: those that are offered here, those that the kernel may have, and the
/// rest.
final class CryptAlgorithms {
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;
    private static final Pattern ESSIV = Pattern.compile("essiv\\((.*),([^,]*)\\)");
    private static final Pattern TEMPLATE = Pattern.compile("([^()]*)\\(([^()]*)\\)");
    private static final Set<String> KERNEL_CIPHERS = Set.of(
            "aes",
            "anubis",
            "arc4",
            "aria",
            "blowfish",
            "camellia",
            "cast5",
            "cast6",
            "cipher_null",
            "des",
            "des3_ede",
            "fcrypt",
            "khazad",
            "seed",
            "serpent",
            "sm4",
            "tea",
            "twofish",
            "xeta",
            "xtea");
    private static final Set<String> KERNEL_MODES =
            Set.of("cbc", "ctr", "cts", "ecb", "hctr2", "lrw", "pcbc", "xctr", "xts");
    private static final Set<String> KERNEL_HASHES = Set.of(
            "blake2b-160",
            "blake2b-256",
            "blake2s-128",
            "blake2s-256",
            "md4",
            "rmd160",
            "sm3",
            "streebog256",
            "xxhash64");
    private static final Set<String> LONG_HASHES = Set.of(
            "sha384",
            "sha512",
            "sha3-384",
            "sha3-512",
            "blake2b-384",
            "blake2b-512",
            "streebog512",
            "wp384",
            "wp512",
            "crc32c",
            "crc32");

    private CryptAlgorithms() {}

    /// @param essiv null when the vectors are not encrypted
    record Algorithm(CipherMode mode, @Nullable EssivHash essiv) {}

    /// @throws TargetException with the kernel's ENOENT for what nobody has, EOPNOTSUPP for what only the
    ///     kernel has
    static Algorithm find(String api) throws TargetException {
        final Matcher essiv = ESSIV.matcher(api);
        if (!essiv.matches()) {
            return new Algorithm(mode(api), null);
        }
        final CipherMode mode = mode(essiv.group(1));
        final EssivHash hash = hash(essiv.group(2));
        if (mode == CipherMode.ECB) {
            throw cannotAllocate(TargetException.EINVAL); // essiv wants a mode that takes a vector
        }
        return new Algorithm(mode, hash);
    }

    private static CipherMode mode(String api) throws TargetException {
        final Matcher template = TEMPLATE.matcher(api);
        if (!template.matches()) {
            throw notOffered("algorithm " + api);
        }
        final String mode = template.group(1);
        final String cipher = template.group(2);
        if (!KERNEL_MODES.contains(mode) || !KERNEL_CIPHERS.contains(cipher)) {
            throw cannotAllocate(ENOENT);
        }
        if (cipher.equals("aes")) {
            switch (mode) {
                case "ecb" -> {
                    return CipherMode.ECB;
                }
                case "cbc" -> {
                    return CipherMode.CBC;
                }
                case "xts" -> {
                    return CipherMode.XTS;
                }
                default -> {}
            }
        }
        throw notOffered("algorithm " + api);
    }

    private static EssivHash hash(String name) throws TargetException {
        for (EssivHash hash : EssivHash.values()) {
            if (hash.kernelName.equals(name)) {
                return hash;
            }
        }
        if (KERNEL_HASHES.contains(name)) {
            throw notOffered("hash " + name);
        }
        throw cannotAllocate(LONG_HASHES.contains(name) ? TargetException.EINVAL : ENOENT);
    }

    private static TargetException cannotAllocate(int errno) {
        return new TargetException("Error allocating crypto tfm", errno, CipherSpec.ARGUMENT);
    }

    static TargetException notOffered(String what) {
        return new TargetException(
                what
                        + " is not offered by the Java engine: it has aes in ecb, cbc and xts, with IV modes plain, plain64,"
                        + " plain64be, essiv, benbi and null",
                EOPNOTSUPP,
                CipherSpec.ARGUMENT);
    }
}
