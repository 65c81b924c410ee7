package io.dmctl.backend.transport;

import io.dmctl.bindings.ublkctl.UblkFeature;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// How the bytes of a ublk device's requests come to its server and back.
///
/// @kernel Documentation/block/ublk.rst
public enum IoMode {
    /// The driver copies between the request and the tag's buffer.
    COPY(EnumSet.noneOf(UblkFeature.class)),
    /// As COPY; those of a WRITE when the server asks for them.
    GET_DATA(EnumSet.of(UblkFeature.NEED_GET_DATA)),
    /// The server copies, what somebody needs.
    USER_COPY(EnumSet.of(UblkFeature.USER_COPY)),
    /// They stay where they are: the ring of the queue reads and writes them. Where a target needs them, and where the
    /// ring cannot, as USER_COPY.
    ZERO_COPY(EnumSet.of(UblkFeature.USER_COPY, UblkFeature.AUTO_BUF_REG));

    private final long needs;

    IoMode(Set<UblkFeature> needs) {
        this.needs = UblkFeature.maskOf(needs);
    }

    /// What the driver must have for it, and the device's flags have.
    Set<UblkFeature> needs() {
        return UblkFeature.setOf(needs);
    }

    /// Does the driver copy, and so need every tag's buffer?
    boolean driverCopies() {
        return this == COPY || this == GET_DATA;
    }

    /// The mode of a device that was added with these flags.
    static IoMode ofFlags(long flags) {
        if (UblkFeature.AUTO_BUF_REG.in(flags)) {
            return ZERO_COPY;
        }
        if (UblkFeature.USER_COPY.in(flags)) {
            return USER_COPY;
        }
        return UblkFeature.NEED_GET_DATA.in(flags) ? GET_DATA : COPY;
    }

    /// For a device that was not asked for one: COPY, which every kernel has and no measurement shows to be slower.
    public static final String AUTO = "auto";

    /// As on the command line.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// [#AUTO] or a mode's [#word()].
    ///
    /// @throws IllegalArgumentException when `word` is none
    public static IoMode of(String word) {
        if (word.equals(AUTO)) {
            return COPY;
        }
        for (IoMode mode : values()) {
            if (mode.word().equals(word)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("io-mode must be auto, copy, get-data, user-copy or zero-copy, was " + word);
    }
}
