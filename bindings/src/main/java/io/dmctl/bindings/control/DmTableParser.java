package io.dmctl.bindings.control;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads dmsetup's table text. A `#` that begins a word starts a comment; dmsetup cuts at any `#`, which makes a
/// device such as `/dev/mapper/x#y` impossible to name, so here a `#` inside a word belongs to it.
final class DmTableParser {
    /// What the protocol can carry, less room for the headers; a bound against senseless input.
    private static final int MAX_CHARS = 48 << 20;

    private final String text;
    private int lineNr;
    private int lineFrom;
    private int at;
    private int end;

    DmTableParser(String text) {
        this.text = text;
    }

    DmTable parse() throws DmTableSyntaxException {
        if (text.length() > MAX_CHARS) {
            throw new DmTableSyntaxException(1, 1, "a table has at most " + MAX_CHARS + " characters");
        }
        final List<DmTableLine> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            final int newline = text.indexOf('\n', from);
            final int to = newline < 0 ? text.length() : newline;
            lineNr++;
            lineFrom = from;
            at = from;
            end = to;
            skipBlanks();
            if (at < end && text.charAt(at) != '#') {
                if (lines.size() == DmTable.MAX_TARGETS) {
                    throw error(at, "a table has at most " + DmTable.MAX_TARGETS + " targets");
                }
                lines.add(line());
            }
            from = to + 1;
        }
        return new DmTable(lines);
    }

    private DmTableLine line() throws DmTableSyntaxException {
        final int nul = text.indexOf('\0', at, end);
        if (nul >= 0) {
            throw error(nul, "a table must not contain NUL");
        }
        final long startSector = number("start sector");
        final long lenSectors = number("length in sectors");
        final int typeFrom = at;
        final String type = word("target type");
        final int typeBytes = type.getBytes(StandardCharsets.UTF_8).length;
        if (typeBytes > DmTableLine.MAX_TYPE_BYTES) {
            throw error(
                    typeFrom,
                    "target type must have at most " + DmTableLine.MAX_TYPE_BYTES + " bytes, '" + type + "' has "
                            + typeBytes);
        }
        return new DmTableLine(startSector, lenSectors, type, params());
    }

    private long number(String what) throws DmTableSyntaxException {
        final int from = at;
        final String word = word(what);
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                throw error(from + i, what + " must be a decimal number, was '" + word + "'");
            }
        }
        try {
            return Long.parseUnsignedLong(word);
        } catch (NumberFormatException e) {
            throw error(from, what + " does not fit in 64 bits: " + word);
        }
    }

    private String word(String what) throws DmTableSyntaxException {
        if (at == end || text.charAt(at) == '#') {
            throw error(at, what + " is missing: a line is START LENGTH TYPE PARAMETERS");
        }
        final int from = at;
        while (at < end && !isBlank(text.charAt(at))) {
            at++;
        }
        final String word = text.substring(from, at);
        skipBlanks();
        return word;
    }

    private String params() {
        final int from = at;
        int to = at;
        while (at < end && !(text.charAt(at) == '#' && (at == from || isBlank(text.charAt(at - 1))))) {
            if (!isBlank(text.charAt(at))) {
                to = at + 1;
            }
            at++;
        }
        return text.substring(from, to);
    }

    private void skipBlanks() {
        while (at < end && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private DmTableSyntaxException error(int where, String reason) {
        return new DmTableSyntaxException(lineNr, where - lineFrom + 1, reason);
    }
}
