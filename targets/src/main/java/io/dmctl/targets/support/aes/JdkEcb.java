package io.dmctl.targets.support.aes;

import static io.dmctl.targets.support.aes.JdkAes.CHUNK;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Each block alone.
@HotPath
final class JdkEcb implements SectorCipher {
    private final JdkAes encryptor;
    private final JdkAes decryptor;
    private final byte[] in = new byte[CHUNK];
    private final byte[] out = new byte[CHUNK];

    JdkEcb(MemorySegment key) throws TargetException {
        encryptor = JdkAes.encryptor(key);
        decryptor = JdkAes.decryptor(key);
    }

    @Override
    public void encrypt(SectorRun run) {
        convert(run, encryptor);
    }

    @Override
    public void decrypt(SectorRun run) {
        convert(run, decryptor);
    }

    private void convert(SectorRun run, JdkAes aes) {
        final long bytes = (long) run.sectors * run.sectorBytes;
        for (long done = 0; done < bytes; done += CHUNK) {
            final int n = (int) Math.min(CHUNK, bytes - done);
            MemorySegment.copy(run.from, ValueLayout.JAVA_BYTE, run.fromAt + done, in, 0, n);
            aes.update(in, n, out);
            MemorySegment.copy(out, 0, run.to, ValueLayout.JAVA_BYTE, run.toAt + done, n);
        }
    }

    @Override
    public void close() {
        Arrays.fill(in, (byte) 0);
        Arrays.fill(out, (byte) 0);
    }
}
