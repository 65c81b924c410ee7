package io.dmctl.targets.spi.crypto;

/// How the blocks of a sector are chained. The block is 16 bytes.
public enum CipherMode {
    /// Each block alone; no initialisation vector.
    ECB,
    CBC,
    /// IEEE 1619; two keys of half the length, the initialisation vector is the tweak before its encryption.
    XTS;

    /// May a key be so long?
    public boolean takesKey(int keyBytes) {
        final int aesBytes = this == XTS ? keyBytes / 2 : keyBytes;
        return (aesBytes == 16 || aesBytes == 24 || aesBytes == 32) && (this != XTS || keyBytes % 2 == 0);
    }
}
