package io.dmctl.cli.compat;

import org.jspecify.annotations.Nullable;

/// Reads `name,uuid,minor,flags,table[,table...][;...]`; `\` before a character takes it as it is.
final class Concise {
    private static final String[] FIELDS = {"name", "uuid", "minor", "flags", "table"};
    private static final int LAST = FIELDS.length - 1;

    private final String text;
    private final Shell shell;
    private final @Nullable StringBuilder[] fields = new StringBuilder[FIELDS.length];
    private int field;
    private int at;

    /// One device; `table` has a line for each of its lines.
    record Entry(String name, String uuid, String minor, String flags, String table) {}

    Concise(String text, Shell shell) {
        this.text = text;
        this.shell = shell;
    }

    /// The next device; null behind the last one.
    @Nullable
    Entry next() throws Failed {
        java.util.Arrays.fill(fields, null);
        field = 0;
        StringBuilder out = begin();
        while (at < text.length()) {
            final char c = text.charAt(at);
            if (c == '\\') {
                if (++at == text.length()) {
                    shell.error("Backslash must be followed by another character at end of string.");
                    throw incomplete();
                }
                out.append(text.charAt(at++));
            } else if (c == ',' && field < LAST) {
                at++;
                field++;
                out = begin();
                at = Numbers.skipSpace(text, at);
            } else if (c == ',') {
                at++;
                out.append('\n');
            } else if (c == ';' || at + 1 == text.length()) {
                if (c != ';') {
                    out.append(c);
                }
                at++;
                if (field != LAST) {
                    shell.error("Five comma-separated fields are required for each device");
                    throw incomplete();
                }
                final Entry entry = new Entry(part(0), part(1), part(2), part(3), part(LAST));
                at = Numbers.skipSpace(text, at);
                return entry;
            } else {
                out.append(c);
                at++;
            }
        }
        if (field > 0 || !out.isEmpty()) {
            shell.error("Incomplete entry: five comma-separated fields are required for each device");
            throw incomplete();
        }
        return null;
    }

    private StringBuilder begin() {
        final StringBuilder out = new StringBuilder();
        fields[field] = out;
        return out;
    }

    private String part(int index) {
        final StringBuilder text = fields[index];
        return text == null ? "(null)" : text.toString();
    }

    private Failed incomplete() {
        final StringBuilder line =
                new StringBuilder("Parsed ").append(field + 1).append(" fields:");
        for (int i = 0; i < FIELDS.length; i++) {
            line.append(' ').append(FIELDS[i]).append(": ").append(part(i));
        }
        return shell.failed(line.toString());
    }
}
