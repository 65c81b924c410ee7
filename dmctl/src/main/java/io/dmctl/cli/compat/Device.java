package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The device that a command is about, by name, uuid or number, as it is sent to the kernel.
/// Where it has a number, that is what is sent.
///
/// @param name raw, one byte a character; `""` when it is not named so
/// @param uuid raw as well
/// @param major 0 when it is not named by number
record Device(String name, String uuid, int major, int minor) {
    static Device named(String rawName) {
        return new Device(rawName, "", 0, -1);
    }

    static Device withUuid(String rawUuid) {
        return new Device("", rawUuid, 0, -1);
    }

    static Device numbered(int major, int minor) {
        return new Device("", "", major, minor);
    }

    static Device numbered(Devno devno) {
        return numbered(devno.major(), devno.minor());
    }

    /// Null where the kernel has no such device, as it could not have this name, uuid or number.
    @Nullable
    DmId id() {
        try {
            if (major > 0 && minor >= 0) {
                return DmId.of(new Devno(major, minor));
            }
            if (!name.isEmpty()) {
                return DmId.of(dmName(name));
            }
            return uuid.isEmpty() ? null : DmId.of(DmUuid.ofBytes(uuid.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Whether a minor number is given without the major one that it needs.
    boolean lacksMajor() {
        return major <= 0 && minor >= 0;
    }

    static DmName dmName(String rawName) {
        return DmName.ofBytes(rawName.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The device in the error of an ioctl: name, uuid and number, with the blanks between them also where they are
    /// not.
    @Override
    public String toString() {
        final String number = major == 0 || minor < 0 ? "" : "(" + major + ":" + minor + ")";
        return RawText.display(name) + " " + RawText.display(uuid) + number;
    }
}
