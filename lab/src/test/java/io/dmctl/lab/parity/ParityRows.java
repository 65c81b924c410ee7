package io.dmctl.lab.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The rows that there are: every class `NameRow` of the package `rows`, in the order of their targets' names.
final class ParityRows {
    /// Targets, or single proofs as `linear:T2`, divided by commas; empty: all.
    private static final String ONLY = "dmctl.parity";

    private ParityRows() {}

    static List<ParityRow> all() {
        final List<ParityRow> rows = new ArrayList<>();
        try {
            final Path classes = Path.of(ParityRows.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .resolve(ParityRows.class.getPackageName().replace('.', '/'))
                    .resolve("rows");
            try (DirectoryStream<Path> files = Files.newDirectoryStream(classes, "*Row.class")) {
                for (Path file : files) {
                    final String name = file.getFileName().toString();
                    rows.add(Class.forName(ParityRows.class.getPackageName() + ".rows."
                                    + name.substring(0, name.length() - ".class".length()))
                            .asSubclass(ParityRow.class)
                            .getDeclaredConstructor()
                            .newInstance());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ReflectiveOperationException e) {
            throw new IllegalStateException("a row needs a public constructor without arguments", e);
        }
        rows.sort(Comparator.comparing(ParityRow::target));
        return rows;
    }

    /// Whether this run is about the proof.
    static boolean isSelected(ParityRow row, Proof proof) {
        final String only = System.getProperty(ONLY, "");
        final List<String> names = List.of(only.split(",", -1));
        return only.isEmpty() || names.contains(row.target()) || names.contains(row.target() + ":" + proof);
    }
}
