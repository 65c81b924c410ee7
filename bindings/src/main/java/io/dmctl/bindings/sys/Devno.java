package io.dmctl.bindings.sys;

/// A device number. `toString` is `M:m`, as dm prints it.
public record Devno(int major, int minor) {
    private static final int MAX_MAJOR = (1 << 12) - 1;
    private static final int MAX_MINOR = (1 << 20) - 1;

    /// @throws IllegalArgumentException outside the kernel's 12 and 20 bits
    public Devno {
        if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
            throw new IllegalArgumentException("device number out of range: " + major + ":" + minor);
        }
    }

    /// C: `huge_decode_dev()` of include/linux/kdev_t.h. Bits above 32 are ignored, as there.
    public static Devno decode(long hugeEncoded) {
        return new Devno(
                (int) (hugeEncoded & 0xfff00) >>> 8, (int) ((hugeEncoded & 0xff) | ((hugeEncoded >>> 12) & 0xfff00)));
    }

    /// C: `huge_encode_dev()`.
    public long encode() {
        return (minor & 0xff) | ((long) major << 8) | ((long) (minor & ~0xff) << 12);
    }

    /// Reads `M:m` in decimal.
    ///
    /// @throws IllegalArgumentException when `text` is something else
    public static Devno parse(String text) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a device number (major:minor): " + text);
        }
        return new Devno(number(text, 0, colon), number(text, colon + 1, text.length()));
    }

    private static int number(String text, int from, int to) {
        int n = 0;
        for (int i = from; i < to; i++) {
            final int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || n > MAX_MINOR) {
                throw new IllegalArgumentException("not a device number (major:minor): " + text);
            }
            n = n * 10 + digit;
        }
        if (from == to) {
            throw new IllegalArgumentException("not a device number (major:minor): " + text);
        }
        return n;
    }

    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
