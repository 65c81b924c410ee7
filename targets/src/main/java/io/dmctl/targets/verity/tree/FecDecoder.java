package io.dmctl.targets.verity.tree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Corrects a block from the other blocks of its codewords and their parity.
///
/// Confined to one thread; one correction after the other: [#start], what is known of the blocks, [#decode].
///
/// @kernel drivers/md/dm-verity-fec.c `fec_decode_bufs`
public final class FecDecoder {
    private static final byte READ = 0;
    private static final byte FAILED = 1;
    private static final byte ZERO = 2;

    private final FecLayout layout;
    private final int roots;
    private final int blockBytes;
    private final byte[] state;
    private final byte[][] powers;
    private final byte[][] syndromes;
    private final byte[] row;
    private final byte[] parity;
    private final byte[] block;
    private final int[] erasures;
    private final ReedSolomon code;

    public FecDecoder(FecLayout layout) {
        this.layout = layout;
        this.roots = layout.roots();
        this.blockBytes = layout.blockBytes();
        this.state = new byte[layout.messageBytes()];
        this.powers = new byte[roots][];
        for (int i = 0; i < roots; i++) {
            powers[i] = GaloisField.times(GaloisField.exp(i));
        }
        this.syndromes = new byte[roots][blockBytes];
        this.row = new byte[blockBytes];
        this.parity = new byte[blockBytes * roots];
        this.block = new byte[blockBytes];
        this.erasures = new int[roots];
        this.code = new ReedSolomon(roots);
    }

    /// Nothing is known of the blocks yet.
    public void start() {
        Arrays.fill(state, READ);
    }

    /// The block of `region` could not be read, or its digest is wrong: an erasure.
    public void failed(int region) {
        if (state[region] == READ) {
            state[region] = FAILED;
        }
    }

    /// The block of `region` is zeros, whatever is in the memory.
    public void zero(int region) {
        state[region] = ZERO;
    }

    /// The block of `target`, corrected; null when that cannot be done. Whether it is right its digest must tell.
    /// `memory` has a block of each region, and then the parity.
    public byte @Nullable [] decode(MemorySegment memory, int target, boolean useErasures) {
        findSyndromes(memory);
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, (long) target * blockBytes, block, 0, blockBytes);
        if (state[target] == ZERO) {
            Arrays.fill(block, (byte) 0);
        }
        final int count = useErasures ? findErasures() : 0;
        final int[] s = new int[roots];
        for (int b = 0; b < blockBytes; b++) {
            int any = 0;
            for (int i = 0; i < roots; i++) {
                s[i] = syndromes[i][b] & 0xff;
                any |= s[i];
            }
            if (any == 0) {
                continue;
            }
            final int errors = code.solve(s, erasures, count);
            if (errors < 0) {
                return null;
            }
            for (int i = 0; i < errors; i++) {
                if (code.place(i) == target) {
                    block[b] ^= (byte) code.value(i);
                }
            }
        }
        return block;
    }

    /// What [#decode] made.
    public byte[] block() {
        return block;
    }

    private int findErasures() {
        int count = 0;
        for (int region = 0; region < state.length && count < roots; region++) {
            if (state[region] == FAILED) {
                erasures[count++] = region;
            }
        }
        return count;
    }

    /// For all codewords at once, by Horner's rule: a byte of each, times the power of alpha, plus the next.
    private void findSyndromes(MemorySegment memory) {
        for (byte[] syndrome : syndromes) {
            Arrays.fill(syndrome, (byte) 0);
        }
        final int k = layout.messageBytes();
        for (int region = 0; region < k; region++) {
            if (state[region] == ZERO) {
                Arrays.fill(row, (byte) 0);
            } else {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, (long) region * blockBytes, row, 0, blockBytes);
            }
            add(row, 0, 1);
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, (long) k * blockBytes, parity, 0, parity.length);
        for (int i = 0; i < roots; i++) {
            add(parity, i, roots);
        }
    }

    /// The next byte of each codeword is at `from`, `from + step` and so on.
    private void add(byte[] bytes, int from, int step) {
        for (int i = 0; i < roots; i++) {
            final byte[] power = powers[i];
            final byte[] syndrome = syndromes[i];
            int at = from;
            for (int b = 0; b < blockBytes; b++) {
                syndrome[b] = (byte) (power[syndrome[b] & 0xff] ^ bytes[at]);
                at += step;
            }
        }
    }
}
