package io.dmctl.targets.testkit;

/// Parity by long division of each codeword, with multiplication bit by bit. Knows nothing of the target's code.
final class NaiveFec {
    private NaiveFec() {}

    /// The parity of `covered`, whole blocks.
    static byte[] parity(byte[] covered, int block, int roots) {
        final int k = 255 - roots;
        final int blocks = covered.length / block;
        final int rounds = (blocks + k - 1) / k;
        final int[] generator = generator(roots);
        final byte[] parity = new byte[rounds * block * roots];
        for (int word = 0; word < rounds * block; word++) {
            final int[] message = new int[255];
            for (int i = 0; i < k; i++) {
                final long at = (long) (i * rounds + word / block) * block + word % block;
                message[i] = at < covered.length ? covered[(int) at] & 0xff : 0;
            }
            final int[] rest = message.clone();
            for (int i = 0; i < k; i++) {
                final int factor = rest[i];
                for (int j = 0; j <= roots; j++) {
                    rest[i + j] ^= multiply(generator[j], factor);
                }
            }
            for (int j = 0; j < roots; j++) {
                parity[word * roots + j] = (byte) rest[k + j];
            }
        }
        return parity;
    }

    /// (x - 1)(x - 2)(x - 4)..., highest coefficient first.
    private static int[] generator(int roots) {
        int[] g = {1};
        int root = 1;
        for (int i = 0; i < roots; i++) {
            final int[] product = new int[g.length + 1];
            for (int j = 0; j < g.length; j++) {
                product[j] ^= g[j];
                product[j + 1] ^= multiply(g[j], root);
            }
            g = product;
            root = multiply(root, 2);
        }
        return g;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        for (int i = 0; i < 8; i++) {
            if ((b & (1 << i)) != 0) {
                product ^= a << i;
            }
        }
        for (int i = 15; i >= 8; i--) {
            if ((product & (1 << i)) != 0) {
                product ^= 0x11d << (i - 8);
            }
        }
        return product;
    }
}
