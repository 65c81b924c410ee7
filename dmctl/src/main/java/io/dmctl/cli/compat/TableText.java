package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a table as dmsetup does: everything behind the first `#` of a line is a comment, also inside a word.
final class TableText {
    private static final int MAX_BYTES = 48 << 20;

    private final Shell shell;
    private final String from;
    private int lineNr;

    private TableText(Shell shell, String from) {
        this.shell = shell;
        this.from = from;
    }

    /// The table of `--table`, else of `file`, else of standard input.
    static DmTable read(@Nullable String given, @Nullable String file, Shell shell) throws Failed {
        if (given != null) {
            return parse(given, "", shell);
        }
        if (file == null) {
            return parse(text(shell.in(), shell), "on stdin", shell);
        }
        try (java.io.InputStream in = Files.newInputStream(Path.of(file))) {
            return parse(text(in, shell), file, shell);
        } catch (IOException | InvalidPathException e) {
            throw shell.failed("Couldn't open '" + file + "' for reading.");
        }
    }

    static String text(java.io.InputStream in, Shell shell) throws Failed {
        try {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw shell.failed("Read from stdin aborted: " + e.getMessage());
        }
    }

    /// `from`: how an error names the table.
    static DmTable parse(String text, String from, Shell shell) throws Failed {
        final TableText reader = new TableText(shell, from);
        final List<DmTableLine> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            reader.lineNr++;
            final DmTableLine read = reader.line(line);
            if (read != null) {
                lines.add(read);
            }
        }
        return new DmTable(lines);
    }

    private @Nullable DmTableLine line(String text) throws Failed {
        final int from = Numbers.skipSpace(text, 0);
        int end = text.length();
        while (end > from && Numbers.isSpace(text.charAt(end - 1))) {
            end--;
        }
        final String line = text.substring(from, end);
        if (line.isEmpty() || line.startsWith("#")) {
            return null;
        }
        final int startEnd = numberEnd(line, 0);
        final int lengthFrom = Numbers.skipSpace(line, startEnd);
        final int lengthEnd = numberEnd(line, lengthFrom);
        final int typeFrom = Numbers.skipSpace(line, lengthEnd);
        int typeEnd = typeFrom;
        while (typeEnd < line.length() && !Numbers.isSpace(line.charAt(typeEnd))) {
            typeEnd++;
        }
        final Long start = Numbers.u64(line.substring(0, startEnd));
        final Long length = Numbers.u64(line.substring(lengthFrom, lengthEnd));
        if (start == null || length == null || typeEnd == typeFrom) {
            throw shell.backtrace(shell.failed("Invalid format on line " + lineNr + " of table " + this.from + "."));
        }
        final String type = line.substring(typeFrom, typeEnd);
        if (type.getBytes(StandardCharsets.UTF_8).length > DmTableLine.MAX_TYPE_BYTES) {
            shell.error("Target type name " + type + " is too long.");
            shell.backtrace();
            shell.backtrace();
            throw shell.backtrace(new Failed());
        }
        final String params = line.substring(Numbers.skipSpace(line, typeEnd));
        final int comment = params.indexOf('#');
        return new DmTableLine(start, length, type, comment < 0 ? params : params.substring(0, comment));
    }

    private static int numberEnd(String line, int from) {
        final boolean sign = line.startsWith("-", from) || line.startsWith("+", from);
        return Numbers.skipDigits(line, sign ? from + 1 : from);
    }
}
