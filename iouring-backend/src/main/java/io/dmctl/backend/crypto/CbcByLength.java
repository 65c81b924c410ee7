package io.dmctl.backend.crypto;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;

/// CBC of two implementations. A few long sectors are encrypted by libcrypto: the blocks of a sector wait for one
/// another, so that the JDK has nothing to do side by side, and its copies to and from the Java heap show. Everything
/// else is the JDK's.
@HotPath
final class CbcByLength implements SectorCipher {
    /// From so many sectors on the JDK encrypts them side by side.
    private static final int MIN_SIDE_BY_SIDE = 4;

    /// With shorter ones libcrypto's calls cost as much as the copies.
    private static final int MIN_LONG_BYTES = 4096;

    private final SectorCipher jdk;
    private final SectorCipher evp;

    /// Owns both.
    CbcByLength(SectorCipher jdk, SectorCipher evp) {
        this.jdk = jdk;
        this.evp = evp;
    }

    @Override
    public void encrypt(SectorRun run) {
        final boolean fewAndLong = run.sectors < MIN_SIDE_BY_SIDE && run.sectorBytes >= MIN_LONG_BYTES;
        if (fewAndLong && run.from.isNative() && run.to.isNative()) {
            evp.encrypt(run);
        } else {
            jdk.encrypt(run);
        }
    }

    @Override
    public void decrypt(SectorRun run) {
        jdk.decrypt(run);
    }

    @Override
    public void close() {
        jdk.close();
        evp.close();
    }
}
