package io.dmctl.cli;

import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where the table of `create` and `reload` comes from: `--table`, a file, or standard input.
final class TableSource {
    private static final int MAX_BYTES = 48 << 20;

    private TableSource() {}

    static Usage options(Usage usage) {
        return usage.repeated(
                        "TABLE",
                        "the table: lines START LENGTH TYPE PARAMETERS, separated by newlines; may be repeated",
                        "--table")
                .flag("a table that refuses writes", "-r", "--readonly");
    }

    /// Reads the table; `files` are the words behind the device: none, or a file, `-` for standard input.
    ///
    /// An empty standard input is an empty table, which is for the caller to judge; elsewhere it is refused.
    static DmTable read(Arguments args, List<String> files, Streams streams)
            throws CommandFailure, DmTableSyntaxException, IOException {
        final boolean given = args.has("--table");
        if (given && !files.isEmpty()) {
            throw CommandFailure.usage("--table and the file '" + files.getFirst() + "' are both a table");
        }
        if (files.size() > 1) {
            throw CommandFailure.usage("unexpected argument: '" + files.get(1) + "'");
        }
        if (given) {
            return notEmpty(DmTable.parse(String.join("\n", args.values("--table"))), "--table");
        }
        if (files.isEmpty() || files.getFirst().equals("-")) {
            return DmTable.parse(standardInput(streams));
        }
        final Path path = Path.of(files.getFirst());
        try (var in = Files.newInputStream(path)) {
            return notEmpty(DmTable.parse(text(in.readNBytes(MAX_BYTES + 1), path.toString())), path.toString());
        }
    }

    /// All of it; refused when it is longer than any table.
    static String standardInput(Streams streams) throws CommandFailure, IOException {
        return text(streams.in().readNBytes(MAX_BYTES + 1), "standard input");
    }

    private static String text(byte[] bytes, String from) throws CommandFailure {
        if (bytes.length > MAX_BYTES) {
            throw new CommandFailure(ExitCode.INVALID_TABLE, from + ": a table has at most " + MAX_BYTES + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static DmTable notEmpty(DmTable table, String from) throws CommandFailure {
        if (table.lines().isEmpty()) {
            throw empty(from);
        }
        return table;
    }

    static CommandFailure empty(String from) {
        return new CommandFailure(ExitCode.INVALID_TABLE, from + ": the table has no line");
    }
}
