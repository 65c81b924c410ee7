package io.dmctl.bindings.control;

/// A version of the dm ioctl interface or of a target, as `4.50.0`.
public record DmVersion(int major, int minor, int patchlevel) implements Comparable<DmVersion> {
    /// Whether an interface of this version takes requests that say `other`: same major, minor at least as high.
    public boolean accepts(DmVersion other) {
        return major == other.major && Integer.compareUnsigned(minor, other.minor) >= 0;
    }

    @Override
    public int compareTo(DmVersion o) {
        final int a = Integer.compareUnsigned(major, o.major);
        final int b = Integer.compareUnsigned(minor, o.minor);
        return a != 0 ? a : b != 0 ? b : Integer.compareUnsigned(patchlevel, o.patchlevel);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(major) + "." + Integer.toUnsignedString(minor) + "."
                + Integer.toUnsignedString(patchlevel);
    }
}
