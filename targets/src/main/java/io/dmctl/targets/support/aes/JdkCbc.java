package io.dmctl.targets.support.aes;

import static io.dmctl.targets.support.aes.JdkAes.BLOCK;
import static io.dmctl.targets.support.aes.JdkAes.CHUNK;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Cipher block chaining.
///
/// A block waits for the cipher text of the one before it, but sectors do not wait for one another: several are
/// encrypted side by side, the same block of each in one call of AES/ECB. A few sectors are not worth that. A new
/// initialisation vector would cost an `init`, with a new key schedule and garbage, so they are one chain: the first
/// block of a sector also gets the last cipher text of the chain, which the cipher takes out again.
@HotPath
final class JdkCbc implements SectorCipher {
    /// From so many sectors on they are encrypted side by side.
    private static final int MIN_LANES = 4;

    private static final int MAX_LANES = CHUNK / BLOCK;

    private final JdkAes chain;
    private final JdkAes encryptor;
    private final JdkAes decryptor;
    private final byte[] in = new byte[CHUNK];
    private final byte[] out = new byte[CHUNK];
    private long lastLow;
    private long lastHigh;

    JdkCbc(MemorySegment key) throws TargetException {
        chain = JdkAes.chain(key);
        encryptor = JdkAes.encryptor(key);
        decryptor = JdkAes.decryptor(key);
    }

    @Override
    public void encrypt(SectorRun run) {
        int done = 0;
        while (run.sectors - done >= MIN_LANES) {
            final int lanes = Math.min(run.sectors - done, MAX_LANES);
            encryptSideBySide(run, done, lanes);
            done += lanes;
        }
        encryptChain(run, done);
    }

    private void encryptSideBySide(SectorRun run, int first, int lanes) {
        final int bytes = lanes * BLOCK;
        MemorySegment.copy(run.ivs, ValueLayout.JAVA_BYTE, run.ivAt + (long) first * SectorRun.IV_BYTES, out, 0, bytes);
        final long offset = (long) first * run.sectorBytes;
        for (int at = 0; at < run.sectorBytes; at += BLOCK) {
            long from = run.fromAt + offset + at;
            for (int i = 0; i < bytes; i += BLOCK) {
                Words.set(in, i, run.from.get(Words.LE, from) ^ Words.get(out, i));
                Words.set(in, i + 8, run.from.get(Words.LE, from + 8) ^ Words.get(out, i + 8));
                from += run.sectorBytes;
            }
            encryptor.update(in, bytes, out);
            long to = run.toAt + offset + at;
            for (int i = 0; i < bytes; i += BLOCK) {
                run.to.set(Words.LE, to, Words.get(out, i));
                run.to.set(Words.LE, to + 8, Words.get(out, i + 8));
                to += run.sectorBytes;
            }
        }
    }

    private void encryptChain(SectorRun run, int first) {
        final int n = run.sectorBytes;
        for (int i = first; i < run.sectors; i++) {
            final long iv = run.ivAt + (long) i * SectorRun.IV_BYTES;
            MemorySegment.copy(run.from, ValueLayout.JAVA_BYTE, run.fromAt + (long) i * n, in, 0, n);
            Words.set(in, 0, Words.get(in, 0) ^ run.ivs.get(Words.LE, iv) ^ lastLow);
            Words.set(in, 8, Words.get(in, 8) ^ run.ivs.get(Words.LE, iv + 8) ^ lastHigh);
            chain.update(in, n, out);
            lastLow = Words.get(out, n - BLOCK);
            lastHigh = Words.get(out, n - BLOCK + 8);
            MemorySegment.copy(out, 0, run.to, ValueLayout.JAVA_BYTE, run.toAt + (long) i * n, n);
        }
    }

    @Override
    public void decrypt(SectorRun run) {
        final int n = run.sectorBytes;
        final int atOnce = CHUNK / n;
        for (int i = 0; i < run.sectors; i += atOnce) {
            final int count = Math.min(atOnce, run.sectors - i);
            final int bytes = count * n;
            final long offset = (long) i * n;
            MemorySegment.copy(run.from, ValueLayout.JAVA_BYTE, run.fromAt + offset, in, 0, bytes);
            decryptor.update(in, bytes, out);
            for (int at = BLOCK; at < bytes; at += Long.BYTES) {
                Words.set(out, at, Words.get(out, at) ^ Words.get(in, at - BLOCK));
            }
            unchain(run, i, count);
            MemorySegment.copy(out, 0, run.to, ValueLayout.JAVA_BYTE, run.toAt + offset, bytes);
        }
    }

    /// The first block of a sector has its initialisation vector before it, and not the last of another sector.
    private void unchain(SectorRun run, int first, int count) {
        for (int i = 0; i < count; i++) {
            final long iv = run.ivAt + (long) (first + i) * SectorRun.IV_BYTES;
            final int at = i * run.sectorBytes;
            Words.set(out, at, Words.get(out, at) ^ run.ivs.get(Words.LE, iv));
            Words.set(out, at + 8, Words.get(out, at + 8) ^ run.ivs.get(Words.LE, iv + 8));
            if (i > 0) {
                Words.set(out, at, Words.get(out, at) ^ Words.get(in, at - BLOCK));
                Words.set(out, at + 8, Words.get(out, at + 8) ^ Words.get(in, at - 8));
            }
        }
    }

    @Override
    public void close() {
        Arrays.fill(in, (byte) 0);
        Arrays.fill(out, (byte) 0);
    }
}
