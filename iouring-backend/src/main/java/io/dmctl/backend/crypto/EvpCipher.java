package io.dmctl.backend.crypto;

import io.dmctl.bindings.sys.LibCrypto;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A context a direction, which it owns: closing wipes their keys.
@HotPath
final class EvpCipher implements SectorCipher {
    private final CipherMode mode;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment written = arena.allocate(ValueLayout.JAVA_INT);
    private final long writtenAddress = written.address();
    private long encrypting;
    private long decrypting;

    EvpCipher(CipherMode mode, long encrypting, long decrypting) {
        this.mode = mode;
        this.encrypting = encrypting;
        this.decrypting = decrypting;
    }

    @Override
    public void encrypt(SectorRun run) {
        convert(run, encrypting);
    }

    @Override
    public void decrypt(SectorRun run) {
        convert(run, decrypting);
    }

    private void convert(SectorRun run, long context) {
        final long bytes = (long) run.sectors * run.sectorBytes;
        final long from = address(run.from, run.fromAt, bytes);
        final long to = address(run.to, run.toAt, bytes);
        if (mode == CipherMode.ECB) {
            update(context, to, from, (int) bytes);
            return;
        }
        final int each = run.sectorBytes;
        long iv = address(run.ivs, run.ivAt, (long) run.sectors * SectorRun.IV_BYTES);
        for (int i = 0; i < run.sectors; i++) {
            if (LibCrypto.setIv(context, iv) != 1) {
                throw new IllegalStateException("EVP_CipherInit_ex failed");
            }
            update(context, to + (long) i * each, from + (long) i * each, each);
            iv += SectorRun.IV_BYTES;
        }
    }

    private static long address(MemorySegment memory, long at, long bytes) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("libcrypto takes native memory only");
        }
        Objects.checkFromIndexSize(at, bytes, memory.byteSize());
        return memory.address() + at;
    }

    private void update(long context, long to, long from, int bytes) {
        if (LibCrypto.update(context, to, writtenAddress, from, bytes) != 1
                || written.get(ValueLayout.JAVA_INT, 0) != bytes) {
            throw new IllegalStateException("EVP_CipherUpdate failed");
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            LibCrypto.freeContext(encrypting); // takes 0
            LibCrypto.freeContext(decrypting);
            encrypting = 0;
            decrypting = 0;
            arena.close();
        }
    }
}
