package io.dmctl.bindings.control;

import org.jspecify.annotations.Nullable;

/// A mapped device's name as the kernel holds it: 1 to 127 bytes without `/` and NUL, and not `control`, `.` or `..`.
/// Names are bytes; text is their UTF-8 form. The order is the kernel's `strcmp`.
public final class DmName implements Comparable<DmName> {
    /// C: `DM_NAME_LEN` less the NUL.
    public static final int MAX_BYTES = 127;

    private final String raw;

    private DmName(String raw) {
        final String reason = whyInvalid(raw);
        if (reason != null) {
            throw new IllegalArgumentException("device name: " + RawText.display(raw) + ": " + reason);
        }
        this.raw = raw;
    }

    private static @Nullable String whyInvalid(String raw) {
        if (raw.isEmpty()) {
            return "must not be empty";
        }
        if (raw.length() > MAX_BYTES) {
            return "must have at most " + MAX_BYTES + " bytes, has " + raw.length();
        }
        if (raw.indexOf('/') >= 0 || raw.indexOf('\0') >= 0) {
            return "must not contain '/' or NUL";
        }
        if (raw.equals("control") || raw.equals(".") || raw.equals("..")) {
            return "is reserved (\"control\", \".\", \"..\")";
        }
        return null;
    }

    /// The name with exactly this text.
    ///
    /// @throws IllegalArgumentException with the reason when the kernel would refuse it
    public static DmName of(String text) {
        return new DmName(RawText.ofUtf8(text));
    }

    /// The name with exactly these bytes.
    public static DmName ofBytes(byte[] bytes) {
        return new DmName(RawText.ofBytes(bytes));
    }

    /// The name that dmsetup gives a device when a user types `text`: bytes outside `0-9A-Za-z#+-.:=@_` as `\xNN`,
    /// unless `text` is written so already.
    ///
    /// @throws IllegalArgumentException also when `text` mixes both forms
    public static DmName mangle(String text) {
        return new DmName(Mangling.auto(RawText.ofUtf8(text)));
    }

    /// The text with `\xNN` resolved, as dmsetup shows it.
    public String unmangled() {
        return RawText.display(Mangling.unmangle(raw));
    }

    /// The name of the node in `/dev/mapper`: mangled where the name is not.
    public String nodeName() {
        return Mangling.keepingEscapes(raw);
    }

    public byte[] bytes() {
        return RawText.bytes(raw);
    }

    @Override
    public int compareTo(DmName other) {
        return raw.compareTo(other.raw);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof DmName n && raw.equals(n.raw);
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
