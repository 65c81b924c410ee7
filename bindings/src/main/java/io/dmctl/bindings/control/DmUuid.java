package io.dmctl.bindings.control;

/// A mapped device's uuid: any 1 to 128 bytes without NUL, by custom `OWNER-...`. Unique on a host, set once.
public final class DmUuid implements Comparable<DmUuid> {
    /// C: `DM_UUID_LEN` less the NUL.
    public static final int MAX_BYTES = 128;

    private final String raw;

    private DmUuid(String raw) {
        if (raw.isEmpty() || raw.length() > MAX_BYTES || raw.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("device uuid: " + RawText.display(raw) + ": must have 1 to " + MAX_BYTES
                    + " bytes without NUL, has " + raw.length());
        }
        this.raw = raw;
    }

    /// The uuid with exactly this text.
    ///
    /// @throws IllegalArgumentException with the reason when the kernel would refuse it
    public static DmUuid of(String text) {
        return new DmUuid(RawText.ofUtf8(text));
    }

    public static DmUuid ofBytes(byte[] bytes) {
        return new DmUuid(RawText.ofBytes(bytes));
    }

    /// The uuid that dmsetup sends when a user types `text`; see [DmName#mangle].
    public static DmUuid mangle(String text) {
        return new DmUuid(Mangling.auto(RawText.ofUtf8(text)));
    }

    /// The text with `\xNN` resolved.
    public String unmangled() {
        return RawText.display(Mangling.unmangle(raw));
    }

    public byte[] bytes() {
        return RawText.bytes(raw);
    }

    @Override
    public int compareTo(DmUuid other) {
        return raw.compareTo(other.raw);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof DmUuid u && raw.equals(u.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    @Override
    public String toString() {
        return RawText.display(raw);
    }
}
