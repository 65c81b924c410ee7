package io.dmctl.backend.crypto;

import io.dmctl.bindings.sys.LibCrypto;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import java.lang.foreign.MemorySegment;

/// AES of OpenSSL's libcrypto. Segments must be native. It has no XTS with AES-192, and takes no XTS key of two equal
/// halves.
public final class EvpSectorCiphers implements SectorCiphers {
    private static final int ENOMEM = 12;
    private static final int EOPNOTSUPP = 95;

    public EvpSectorCiphers() {}

    @Override
    public String name() {
        return "libcrypto";
    }

    @Override
    public SectorCipher open(CipherMode mode, MemorySegment key) throws TargetException {
        if (!mode.takesKey((int) key.byteSize())) {
            throw TargetException.invalid("AES/" + mode + " takes no key of " + key.byteSize() + " bytes");
        }
        final long aesBits = key.byteSize() * 8 / (mode == CipherMode.XTS ? 2 : 1);
        final String name = "AES-" + aesBits + "-" + mode;
        final long cipher = LibCrypto.fetch(name);
        if (cipher == 0) {
            throw new TargetException("libcrypto has no " + name, EOPNOTSUPP, -1);
        }
        final long encrypting = LibCrypto.newContext();
        final long decrypting = LibCrypto.newContext();
        final EvpCipher made = new EvpCipher(mode, encrypting, decrypting);
        if (encrypting == 0 || decrypting == 0) {
            made.close();
            throw new TargetException("libcrypto has no memory for a context", ENOMEM, -1);
        }
        if (!LibCrypto.init(encrypting, cipher, key, true)
                || !LibCrypto.init(decrypting, cipher, key, false)
                || !made.startChain()) {
            made.close();
            throw new TargetException("libcrypto refuses the key", EOPNOTSUPP, -1);
        }
        return made;
    }
}
