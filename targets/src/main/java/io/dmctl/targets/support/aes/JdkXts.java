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

/// XTS of IEEE 1619 over AES/ECB: a block is xored with its tweak before and after. The tweak of a sector's
/// first block
/// is the encrypted initialisation vector, each next one the last one times x in GF(2^128).
@HotPath
final class JdkXts implements SectorCipher {
    private static final int POLYNOMIAL = 0x87;
    /// Bytes of 32 tweaks.
    private static final int CHAIN = 32 * BLOCK;
    /// Bytes of 128 tweaks.
    private static final int FAR = 128 * BLOCK;

    private final JdkAes encryptor;
    private final JdkAes decryptor;
    private final JdkAes tweaker;
    private final byte[] in = new byte[CHUNK];
    private final byte[] out = new byte[CHUNK];
    private final byte[] tweaks = new byte[CHUNK];
    private final byte[] ivs = new byte[CHUNK];
    private final byte[] firsts = new byte[CHUNK];

    JdkXts(MemorySegment key) throws TargetException {
        final long half = key.byteSize() / 2;
        encryptor = JdkAes.encryptor(key.asSlice(0, half));
        decryptor = JdkAes.decryptor(key.asSlice(0, half));
        tweaker = JdkAes.encryptor(key.asSlice(half));
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
        final int ivsAtOnce = CHUNK / SectorRun.IV_BYTES;
        final int sectorsAtOnce = CHUNK / run.sectorBytes;
        for (int i = 0; i < run.sectors; i += ivsAtOnce) {
            final int n = Math.min(ivsAtOnce, run.sectors - i);
            final int ivBytes = n * SectorRun.IV_BYTES;
            MemorySegment.copy(
                    run.ivs, ValueLayout.JAVA_BYTE, run.ivAt + (long) i * SectorRun.IV_BYTES, ivs, 0, ivBytes);
            tweaker.update(ivs, ivBytes, firsts);
            for (int j = 0; j < n; j += sectorsAtOnce) {
                chunk(run, aes, i + j, j, Math.min(sectorsAtOnce, n - j));
            }
        }
    }

    /// `count` sectors from number `sector` of the run, whose first tweaks start with number `first`.
    private void chunk(SectorRun run, JdkAes aes, int sector, int first, int count) {
        final int bytes = count * run.sectorBytes;
        final long offset = (long) sector * run.sectorBytes;
        for (int i = 0; i < count; i++) {
            tweaks(i * run.sectorBytes, (i + 1) * run.sectorBytes, (first + i) * BLOCK);
        }
        xor(tweaks, run.from, run.fromAt + offset, in, bytes);
        aes.update(in, bytes, out);
        xor(out, tweaks, run.to, run.toAt + offset, bytes);
    }

    /// The tweaks of a sector. Each waits for the one before it, so that they are computed in short chains, several of
    /// which a processor has in work at a time: the next one starts at x^32 times the start of the last.
    private void tweaks(int at, int end, int first) {
        long low = Words.get(firsts, first);
        long high = Words.get(firsts, first + 8);
        final int near = Math.min(end, at + FAR);
        for (int i = at; i < near; i += CHAIN) {
            chain(i, Math.min(i + CHAIN, near), low, high);
            final long carry = high >>> 32;
            high = high << 32 | low >>> 32;
            low = low << 32 ^ carry ^ carry << 1 ^ carry << 2 ^ carry << 7;
        }
        if (near < end) {
            farTweaks(tweaks, near, end);
        }
    }

    private void chain(int at, int end, long low, long high) {
        final byte[] t = tweaks;
        for (int i = at; i < end; i += BLOCK) {
            Words.set(t, i, low);
            Words.set(t, i + 8, high);
            final long carry = (high >> 63) & POLYNOMIAL;
            high = high << 1 | low >>> 63;
            low = low << 1 ^ carry;
        }
    }

    /// x^128 is x^7 + x^2 + x + 1: a tweak is the sum of four that lie 128 to 121 blocks before it, for which vector
    /// instructions do.
    private static void farTweaks(byte[] t, int at, int end) {
        for (int i = at; i < end; i += Long.BYTES) {
            final long a = Words.get(t, i - FAR) ^ Words.get(t, i - FAR + BLOCK);
            final long b = Words.get(t, i - FAR + 2 * BLOCK) ^ Words.get(t, i - FAR + 7 * BLOCK);
            Words.set(t, i, a ^ b);
        }
    }

    /// In this form (an int counts, the start is added) the JIT compiler makes vector instructions of it.
    private static void xor(byte[] with, MemorySegment from, long fromAt, byte[] data, int bytes) {
        for (int i = 0; i < bytes; i += Long.BYTES) {
            Words.set(data, i, Words.get(with, i) ^ from.get(Words.LE, fromAt + i));
        }
    }

    private static void xor(byte[] data, byte[] with, MemorySegment to, long toAt, int bytes) {
        for (int i = 0; i < bytes; i += Long.BYTES) {
            to.set(Words.LE, toAt + i, Words.get(data, i) ^ Words.get(with, i));
        }
    }

    @Override
    public void close() {
        Arrays.fill(in, (byte) 0);
        Arrays.fill(out, (byte) 0);
        Arrays.fill(tweaks, (byte) 0);
        Arrays.fill(firsts, (byte) 0);
    }
}
