package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Makes a thread's ciphers of the key: one a part of the key, and where essiv is used one more for each part's
/// salt.
final class CryptCiphers {
    private static final SectorCipher[] NO_ESSIV = {};

    private final SectorCiphers provider;
    private final CipherSpec spec;
    private final CryptKey key;

    CryptCiphers(SectorCiphers provider, CipherSpec spec, CryptKey key) {
        this.provider = provider;
        this.spec = spec;
        this.key = key;
    }

    CipherSpec spec() {
        return spec;
    }

    /// Is the key's length one that the cipher takes, in each part?
    boolean keyFits() {
        final int partBytes = key.sizeBytes() / spec.keyCount();
        final EssivHash essiv = spec.essiv();
        return spec.mode().takesKey(partBytes) && (essiv == null || essiv.makesKeys());
    }

    /// Whose code it is.
    String provider() {
        return key.sizeBytes() == 0 ? "" : provider.name(spec.mode(), key.sizeBytes() / spec.keyCount());
    }

    SectorCipher[] open() throws TargetException {
        final SectorCipher[] made = new SectorCipher[spec.keyCount()];
        try {
            for (int i = 0; i < made.length; i++) {
                made[i] = provider.open(spec.mode(), key.part(i, made.length));
            }
            return made;
        } catch (TargetException e) {
            closeAll(made);
            throw e;
        }
    }

    /// Empty without essiv.
    SectorCipher[] openEssiv() throws TargetException {
        final EssivHash essiv = spec.essiv();
        if (essiv == null) {
            return NO_ESSIV;
        }
        final SectorCipher[] made = new SectorCipher[spec.keyCount()];
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment salt = arena.allocate(essiv.digestBytes);
            for (int i = 0; i < made.length; i++) {
                essiv.digest(key.part(i, made.length), salt);
                made[i] = provider.open(CipherMode.ECB, salt);
            }
            salt.fill((byte) 0);
            return made;
        } catch (TargetException e) {
            closeAll(made);
            throw e;
        }
    }

    static void closeAll(@Nullable SectorCipher[] ciphers) {
        for (SectorCipher cipher : ciphers) {
            if (cipher != null) {
                cipher.close();
            }
        }
    }
}
