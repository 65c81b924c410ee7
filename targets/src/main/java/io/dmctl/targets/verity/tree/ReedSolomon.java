package io.dmctl.targets.verity.tree;

import java.util.Arrays;

/// Finds the wrong bytes of a Reed-Solomon codeword from its syndromes: up to `roots / 2` of them, or up to
/// `roots` whose places are known. A codeword is 255 bytes, the coefficients of a polynomial, highest first,
/// which alpha^0 to alpha^(roots - 1) are roots of.
///
/// The method is Berlekamp's and Massey's, started with the known places, then Chien's search and Forney's
/// formula, as in any textbook on error-correcting codes.
///
/// Confined to one thread.
final class ReedSolomon {
    private static final int N = FecLayout.CODEWORD;

    private final int roots;
    private final int[] locator;
    private final int[] shadow;
    private final int[] next;
    private final int[] evaluator;
    private final int[] places;
    private final int[] values;

    ReedSolomon(int roots) {
        this.roots = roots;
        this.locator = new int[roots + 1];
        this.shadow = new int[roots + 2];
        this.next = new int[roots + 1];
        this.evaluator = new int[roots];
        this.places = new int[roots];
        this.values = new int[roots];
    }

    /// The byte of the codeword that error `i` is at, counted from its start.
    int place(int i) {
        return places[i];
    }

    /// What that byte must be xored with.
    int value(int i) {
        return values[i];
    }

    /// How many bytes are wrong; -1 when there are too many. `erasures` are places that are known to be wrong.
    int solve(int[] syndromes, int[] erasures, int erasureCount) {
        if (erasureCount > roots) {
            return -1;
        }
        final int degree = findLocator(syndromes, erasures, erasureCount);
        if (degree < 0 || findPlaces(degree) != degree) {
            return -1;
        }
        findValues(syndromes, degree);
        return degree;
    }

    /// The polynomial whose roots are the inverses of alpha^(place from the end). Answers its degree, -1 when it
    /// is past what can be corrected.
    private int findLocator(int[] syndromes, int[] erasures, int erasureCount) {
        Arrays.fill(locator, 0);
        locator[0] = 1;
        for (int i = 0; i < erasureCount; i++) {
            final int x = GaloisField.exp(N - 1 - erasures[i]);
            for (int j = i + 1; j > 0; j--) {
                locator[j] ^= GaloisField.multiply(locator[j - 1], x);
            }
        }
        System.arraycopy(locator, 0, shadow, 0, roots + 1);
        int length = erasureCount;
        for (int r = erasureCount; r < roots; r++) {
            int discrepancy = 0;
            for (int i = 0; i <= Math.min(r, roots); i++) {
                discrepancy ^= GaloisField.multiply(locator[i], syndromes[r - i]);
            }
            System.arraycopy(shadow, 0, shadow, 1, roots + 1); // times x
            shadow[0] = 0;
            if (discrepancy == 0) {
                continue;
            }
            for (int i = 0; i <= roots; i++) {
                next[i] = locator[i] ^ GaloisField.multiply(discrepancy, shadow[i]);
            }
            if (2 * length <= r + erasureCount) {
                length = r + 1 + erasureCount - length;
                for (int i = 0; i <= roots; i++) {
                    shadow[i] = GaloisField.divide(locator[i], discrepancy);
                }
            }
            System.arraycopy(next, 0, locator, 0, roots + 1);
        }
        int degree = roots;
        while (locator[degree] == 0) {
            degree--;
        }
        return 2 * (degree - erasureCount) + erasureCount > roots ? -1 : degree;
    }

    private int findPlaces(int degree) {
        int found = 0;
        for (int e = 0; e < N && found < degree; e++) {
            if (evaluate(locator, degree, inverse(e)) == 0) {
                places[found++] = N - 1 - e;
            }
        }
        return found;
    }

    private static int inverse(int exponent) {
        return exponent == 0 ? 0 : GaloisField.ORDER - exponent;
    }

    /// The polynomial at alpha^exponent.
    private static int evaluate(int[] polynomial, int degree, int exponent) {
        final int x = GaloisField.exp(exponent);
        int sum = 0;
        for (int i = degree; i >= 0; i--) {
            sum = GaloisField.multiply(sum, x) ^ polynomial[i];
        }
        return sum;
    }

    private void findValues(int[] syndromes, int degree) {
        for (int i = 0; i < roots; i++) {
            int sum = 0;
            for (int j = 0; j <= Math.min(i, degree); j++) {
                sum ^= GaloisField.multiply(locator[j], syndromes[i - j]);
            }
            evaluator[i] = sum;
        }
        for (int n = 0; n < degree; n++) {
            final int e = N - 1 - places[n];
            final int x = inverse(e);
            final int square = GaloisField.exp(2 * x % GaloisField.ORDER);
            int derivative = 0;
            int power = 1;
            for (int i = 1; i <= degree; i += 2) {
                derivative ^= GaloisField.multiply(locator[i], power);
                power = GaloisField.multiply(power, square);
            }
            // The places are different, so the derivative is not 0 there.
            final int quotient = GaloisField.divide(evaluate(evaluator, roots - 1, x), derivative);
            values[n] = GaloisField.multiply(quotient, GaloisField.exp(e));
        }
    }
}
