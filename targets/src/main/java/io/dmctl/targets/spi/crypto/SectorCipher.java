package io.dmctl.targets.spi.crypto;

import io.dmctl.targets.spi.HotPath;

/// AES with one key in one mode. Belongs to one thread at a time; [#close] wipes what it can of the key.
public interface SectorCipher extends AutoCloseable {
    @HotPath
    void encrypt(SectorRun run);

    @HotPath
    void decrypt(SectorRun run);

    @Override
    void close();
}
