package io.dmctl.targets.verity.tree;

import java.util.Arrays;

/// Makes the parity of the codewords of one row of blocks: byte `b` of each of them is in codeword `b`.
///
/// The parity of a codeword is a shift register over its message bytes, kept in one to three longs, first byte in the
/// highest place; a table has what each outgoing byte feeds back.
///
/// Confined to one thread: [#start], [#add] for each region in turn, [#parity].
public final class FecEncoder {
    private static final int TOP = Long.SIZE - Byte.SIZE;

    private final int roots;
    private final int blockBytes;
    private final int words;
    private final long[] registers;
    private final long[] feedback;
    private final byte[] parity;

    public FecEncoder(int roots, int blockBytes) {
        this.roots = roots;
        this.blockBytes = blockBytes;
        this.words = (roots + Long.BYTES - 1) / Long.BYTES;
        this.registers = new long[blockBytes * words];
        this.feedback = new long[256 * words];
        this.parity = new byte[blockBytes * roots];
        final int[] generator = generator(roots);
        for (int out = 0; out < 256; out++) {
            for (int j = 0; j < roots; j++) {
                final long product = GaloisField.multiply(out, generator[roots - 1 - j]);
                feedback[out * words + j / Long.BYTES] |= product << shift(j);
            }
        }
    }

    /// Where byte `j` of the parity is in its long.
    private static int shift(int j) {
        return TOP - j % Long.BYTES * Byte.SIZE;
    }

    /// (x - alpha^0)(x - alpha^1)..., lowest coefficient first.
    private static int[] generator(int roots) {
        final int[] g = new int[roots + 1];
        g[0] = 1;
        for (int i = 0; i < roots; i++) {
            for (int j = i + 1; j > 0; j--) {
                g[j] = g[j - 1] ^ GaloisField.multiply(g[j], GaloisField.exp(i));
            }
            g[0] = GaloisField.multiply(g[0], GaloisField.exp(i));
        }
        return g;
    }

    public void start() {
        Arrays.fill(registers, 0);
    }

    /// Takes the next byte of each codeword: those of `block`.
    public void add(byte[] block) {
        for (int b = 0; b < blockBytes; b++) {
            final int at = b * words;
            final int out = (block[b] ^ (int) (registers[at] >>> TOP)) & 0xff;
            for (int w = 0; w < words; w++) {
                final long carry = w + 1 < words ? registers[at + w + 1] >>> TOP : 0;
                registers[at + w] = ((registers[at + w] << Byte.SIZE) | carry) ^ feedback[out * words + w];
            }
        }
    }

    /// `roots` bytes a codeword, codeword after codeword. Overwritten by the next call.
    public byte[] parity() {
        for (int b = 0; b < blockBytes; b++) {
            for (int j = 0; j < roots; j++) {
                parity[b * roots + j] = (byte) (registers[b * words + j / Long.BYTES] >>> shift(j));
            }
        }
        return parity;
    }
}
