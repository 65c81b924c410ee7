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
        MemorySegment.copy(run.from, ValueLayout.JAVA_BYTE, run.fromAt + offset, in, 0, bytes);
        for (int i = 0; i < count; i++) {
            whiten(i * run.sectorBytes, (i + 1) * run.sectorBytes, (first + i) * BLOCK);
        }
        aes.update(in, bytes, out);
        xor(out, tweaks, run.to, run.toAt + offset, bytes);
    }

    /// Computes the tweaks of a sector and xors them to its input. Each tweak has to wait for the one before it: the
    /// input costs nothing here.
    private void whiten(int at, int end, int first) {
        final byte[] t = tweaks;
        final byte[] data = in;
        long low = Words.get(firsts, first);
        long high = Words.get(firsts, first + 8);
        for (int i = at; i < end; i += BLOCK) {
            Words.set(t, i, low);
            Words.set(t, i + 8, high);
            Words.set(data, i, low ^ Words.get(data, i));
            Words.set(data, i + 8, high ^ Words.get(data, i + 8));
            final long carry = (high >> 63) & POLYNOMIAL;
            high = high << 1 | low >>> 63;
            low = low << 1 ^ carry;
        }
    }

    /// In this form (an int counts, its start is added) the JIT compiler makes vector instructions of it.
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
