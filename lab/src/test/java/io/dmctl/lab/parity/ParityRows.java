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
import java.util.Set;

/// The rows that there are: every class `NameRow` of the package `rows`, in the order of their targets' names.
final class ParityRows {
    /// Names of targets, divided by commas; empty: all.
    private static final String ONLY = "dmctl.parity";

    private static final String ONLY_PROOFS = "dmctl.parity.proofs";

    private ParityRows() {}

    static boolean isSelected(Proof proof) {
        final String only = System.getProperty(ONLY_PROOFS, "");
        return only.isEmpty() || List.of(only.split(",", -1)).contains(proof.name());
    }

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

    /// The rows that this run is about.
    static List<ParityRow> selected() {
        final String only = System.getProperty(ONLY, "");
        if (only.isEmpty()) {
            return all();
        }
        final Set<String> names = Set.of(only.split(",", -1));
        return all().stream().filter(row -> names.contains(row.target())).toList();
    }
}
