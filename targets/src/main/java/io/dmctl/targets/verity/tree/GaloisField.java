package io.dmctl.targets.verity.tree;

/// Arithmetic of GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, whose root is `alpha`.
final class GaloisField {
    /// The order of the multiplicative group.
    static final int ORDER = 255;

    private static final int POLYNOMIAL = 0x11d;
    private static final byte[] EXP = new byte[2 * ORDER];
    private static final int[] LOG = new int[ORDER + 1];

    static {
        int power = 1;
        for (int i = 0; i < ORDER; i++) {
            EXP[i] = (byte) power;
            EXP[i + ORDER] = (byte) power;
            LOG[power] = i;
            power <<= 1;
            if (power > ORDER) {
                power ^= POLYNOMIAL;
            }
        }
    }

    private GaloisField() {}

    /// alpha^n, for `n` of `0..2 * ORDER - 1`.
    static int exp(int n) {
        return EXP[n] & 0xff;
    }

    /// The logarithm of `a`, which is not 0.
    static int log(int a) {
        return LOG[a];
    }

    static int multiply(int a, int b) {
        return a == 0 || b == 0 ? 0 : EXP[LOG[a] + LOG[b]] & 0xff;
    }

    /// `a / b`; `b` is not 0.
    static int divide(int a, int b) {
        return a == 0 ? 0 : EXP[LOG[a] + ORDER - LOG[b]] & 0xff;
    }

    /// The products of `factor` with all elements.
    static byte[] times(int factor) {
        final byte[] table = new byte[ORDER + 1];
        for (int i = 0; i <= ORDER; i++) {
            table[i] = (byte) multiply(factor, i);
        }
        return table;
    }
}
