package io.dmctl.bindings.sys;

/// A device number.
///
/// @param major 12 bits
/// @param minor 20 bits
public record Devno(int major, int minor) {
    private static final int MAX_MAJOR = (1 << 12) - 1;
    private static final int MAX_MINOR = (1 << 20) - 1;

    public Devno {
        if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
            throw new IllegalArgumentException("no device number: " + major + ":" + minor);
        }
    }

    /// As in `struct dm_ioctl.dev` and `dm_target_deps`.
    ///
    /// Kernel source: include/linux/kdev_t.h huge_encode_dev
    public long encode() {
        return (minor & 0xffL) | ((long) major << 8) | ((minor & ~0xffL) << 12);
    }

    /// Kernel source: include/linux/kdev_t.h huge_decode_dev
    public static Devno decode(long dev) {
        return new Devno((int) ((dev >>> 8) & 0xfff), (int) ((dev & 0xff) | ((dev >>> 12) & 0xfff00)));
    }

    /// Of `st_rdev` as the C library gives it (`gnu_dev_major`, `gnu_dev_minor`).
    public static Devno ofStRdev(long rdev) {
        final long major = ((rdev >>> 8) & 0xfff) | ((rdev >>> 32) & ~0xfffL);
        final long minor = (rdev & 0xff) | ((rdev >>> 12) & 0xffffff00L);
        return new Devno(Math.toIntExact(major), Math.toIntExact(minor));
    }

    /// Of `M:m`.
    ///
    /// @throws IllegalArgumentException when `text` is not of that form
    public static Devno parse(String text) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no device number: " + text);
        }
        try {
            return new Devno(Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no device number: " + text, e);
        }
    }

    /// `M:m`.
    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
