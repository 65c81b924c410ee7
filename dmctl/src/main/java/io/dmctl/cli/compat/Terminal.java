package io.dmctl.cli.compat;

import io.dmctl.bindings.sys.TerminalSize;
import java.util.Locale;

/// What standard output is.
final class Terminal {
    private Terminal() {}

    /// How wide it is; `otherwise` when it is no terminal, or one too narrow for anything.
    static int columns(int otherwise) {
        final int columns = TerminalSize.columns(1);
        return columns > 3 ? columns : otherwise;
    }

    /// Whether standard output is a terminal.
    static boolean isOutput() {
        return TerminalSize.columns(1) > 0;
    }

    /// Whether the locale has the characters of Unicode.
    static boolean isUtf8(Shell shell) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            final String value = shell.variable(name);
            if (!value.isEmpty()) {
                final String locale = value.toLowerCase(Locale.ROOT);
                return locale.contains("utf-8") || locale.contains("utf8");
            }
        }
        return false;
    }
}
