package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the first argument says: AES in a mode, with so many keys, and how the initialisation vector is made.
///
/// @param text as it was given, for TABLE
/// @param keyCount a power of two; sector s has key s modulo keyCount
/// @param essiv the hash whose digest of the key encrypts the vectors; null for none
record CipherSpec(
        String text,
        CipherMode mode,
        int keyCount,
        IvMode iv,
        @Nullable EssivHash essiv) {
    static final int ARGUMENT = 0;
    private static final int MAX_ALG_NAME = 128;
    private static final int ENOMEM = 12;

    /// @param aead whether an option asks for the tags of a cipher that has them
    static CipherSpec parse(String text, boolean aead) throws TargetException {
        if (text.startsWith("capi:")) {
            return parseCapi(text);
        }
        if (aead) {
            throw invalid("Bad cipher specification");
        }
        return parseOld(text);
    }

    /// `cipher[:keycount]-mode-iv[:opts]`. @kernel drivers/md/dm-crypt.c `crypt_ctr_cipher_old`
    private static CipherSpec parseOld(String text) throws TargetException {
        if (text.contains("(")) {
            throw invalid("Bad cipher specification");
        }
        final Cut words = Cut.first(text, '-');
        final Cut cipher = Cut.first(words.head(), ':');
        final int keyCount = cipher.tail() == null ? 1 : keyCount(cipher.tail());
        final Cut mode = Cut.first(words.tail(), '-');
        final Cut iv = Cut.first(mode.tail(), ':');
        @Nullable String chainMode = mode.head();
        @Nullable String ivMode = iv.head();
        if (chainMode == null || (chainMode.equals("plain") && ivMode == null)) {
            chainMode = "cbc";
            ivMode = "plain";
        }
        if (!chainMode.equals("ecb") && ivMode == null) {
            throw invalid("IV mechanism required");
        }
        String api = chainMode + "(" + cipher.head() + ")";
        if ("essiv".equals(ivMode)) {
            if (iv.tail() == null) {
                throw invalid("Digest algorithm missing for ESSIV mode");
            }
            api = "essiv(" + api + "," + iv.tail() + ")";
        }
        if (api.length() >= MAX_ALG_NAME) {
            throw new TargetException("Cannot allocate cipher strings", ENOMEM, ARGUMENT);
        }
        return of(text, api, keyCount, ivMode);
    }

    private static int keyCount(String word) throws TargetException {
        final long count = Numbers.unsigned(word).orElse(0) & 0xffff_ffffL;
        if (Long.bitCount(count) != 1 || count > Integer.MAX_VALUE) {
            throw invalid("Bad cipher key count specification");
        }
        return (int) count;
    }

    /// `capi:<algorithm>-iv[:opts]`. @kernel drivers/md/dm-crypt.c `crypt_ctr_cipher_new`
    private static CipherSpec parseCapi(String text) throws TargetException {
        final Cut opts = Cut.last(text.substring("capi:".length()), ':');
        final Cut iv = Cut.last(opts.head(), '-');
        final @Nullable String ivMode = iv.tail();
        String api = Objects.requireNonNull(iv.head()); // a word was cut
        if ("lmk".equals(ivMode)) {
            throw CryptAlgorithms.notOffered("IV mode lmk");
        }
        if ("essiv".equals(ivMode)) {
            if (opts.tail() == null) {
                throw invalid("Digest algorithm missing for ESSIV mode");
            }
            api = "essiv(" + api + "," + opts.tail() + ")";
            if (api.length() >= MAX_ALG_NAME) {
                throw new TargetException("Cannot allocate cipher string", ENOMEM, ARGUMENT);
            }
        }
        return of(text, api, 1, ivMode);
    }

    /// @kernel drivers/md/dm-crypt.c `crypt_ctr_ivmode`
    private static CipherSpec of(String text, String api, int keyCount, @Nullable String ivMode)
            throws TargetException {
        final CryptAlgorithms.Algorithm algorithm = CryptAlgorithms.find(api);
        final IvMode iv = algorithm.mode() == CipherMode.ECB ? IvMode.NONE : ivMode(ivMode);
        return new CipherSpec(text, algorithm.mode(), keyCount, iv, algorithm.essiv());
    }

    private static IvMode ivMode(@Nullable String name) throws TargetException {
        if (name == null) {
            // The kernel takes it, and encrypts with whatever is in the memory of the request.
            throw CryptAlgorithms.notOffered("a cipher without an IV mode");
        }
        return switch (name) {
            case "plain" -> IvMode.PLAIN;
            case "plain64", "essiv" -> IvMode.PLAIN64;
            case "plain64be" -> IvMode.PLAIN64BE;
            case "benbi" -> IvMode.BENBI;
            case "null" -> IvMode.NULL;
            case "eboiv", "elephant", "lmk", "tcw", "random" -> throw CryptAlgorithms.notOffered("IV mode " + name);
            default -> throw invalid("Invalid IV mode");
        };
    }

    private static TargetException invalid(String error) {
        return new TargetException(error, TargetException.EINVAL, ARGUMENT);
    }

    /// A word up to a separator, and what follows it: null when there is no separator, or no word.
    private record Cut(@Nullable String head, @Nullable String tail) {
        static Cut first(@Nullable String word, char separator) {
            return word == null ? new Cut(null, null) : at(word, word.indexOf(separator));
        }

        static Cut last(@Nullable String word, char separator) {
            return word == null ? new Cut(null, null) : at(word, word.lastIndexOf(separator));
        }

        private static Cut at(String word, int at) {
            return at < 0 ? new Cut(word, null) : new Cut(word.substring(0, at), word.substring(at + 1));
        }
    }
}
