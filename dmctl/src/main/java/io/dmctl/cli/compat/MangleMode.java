package io.dmctl.cli.compat;

import io.dmctl.bindings.control.Mangling;
import io.dmctl.bindings.control.RawText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How libdm writes names and uuids where udev allows only some characters, in its three modes and with its errors.
///
/// Works on raw strings, as [Mangling] does; [RawText] changes between them and text.
enum MangleMode {
    /// Names are sent and shown as they are.
    NONE,
    /// What needs it is written as `\xNN`, and what is written so already stays.
    AUTO,
    /// What needs it is written as `\xNN`, also the `\` of what looks so already.
    HEX;

    private static final int ESCAPE_LENGTH = 4;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable MangleMode of(String word) {
        for (MangleMode mode : values()) {
            if (mode.name().equalsIgnoreCase(word)) {
                return mode;
            }
        }
        return null;
    }

    private static boolean isEscape(String raw, int at) {
        return raw.startsWith("\\x", at);
    }

    /// What is sent to the kernel for `raw`, a `what` ("name", "UUID") that a user typed.
    String mangle(String raw, String what, Shell shell) throws Failed {
        requireOnce(raw, what, shell);
        return this == NONE ? raw : mangled(raw, what, shell);
    }

    private void requireOnce(String raw, String what, Shell shell) throws Failed {
        if (this == AUTO && raw.contains("\\x5cx")) {
            throw shell.backtrace(shell.failed("The " + what + " \"" + RawText.display(raw)
                    + "\" seems to be mangled more than once. This is not allowed in auto mode."));
        }
    }

    /// The mangled form; [#NONE] mangles here as [#AUTO] does.
    String mangled(String raw, String what, Shell shell) throws Failed {
        final StringBuilder out = new StringBuilder(raw.length());
        boolean kept = false;
        boolean changed = false;
        int i = 0;
        while (i < raw.length()) {
            final char c = raw.charAt(i);
            if (this != HEX && isEscape(raw, i)) {
                if (changed || raw.length() - i < ESCAPE_LENGTH) {
                    throw mixed(raw, what, shell);
                }
                kept = true;
                out.append(raw, i, i + ESCAPE_LENGTH);
                i += ESCAPE_LENGTH;
                continue;
            }
            if (Mangling.isWhitelisted(c)) {
                out.append(c);
            } else if (kept) {
                throw mixed(raw, what, shell);
            } else {
                changed = true;
                out.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xf, 16));
            }
            i++;
        }
        return out.toString();
    }

    private static Failed mixed(String raw, String what, Shell shell) {
        return shell.failed("The " + what + " \"" + RawText.display(raw)
                + "\" contains mixed mangled and unmangled characters or it's already mangled improperly.");
    }

    /// What is shown for `raw`, a name or uuid that the kernel told.
    String shown(String raw, String what, Shell shell) throws Failed {
        if (this == NONE) {
            return raw;
        }
        requireOnce(raw, what, shell);
        for (int i = 0; i < raw.length(); i++) {
            if (!Mangling.isWhitelisted(raw.charAt(i)) && raw.charAt(i) != '\\') {
                final String text = RawText.display(raw);
                shell.error(
                        "The " + what + " \"" + text + "\" should be mangled but it contains blacklisted characters.");
                shell.debug("_do_dm_ioctl_unmangle_string: failed to unmangle %s \"%s\"", what, text);
                throw new Failed();
            }
        }
        return Mangling.unmangle(raw);
    }
}
