package io.dmctl.backend.state;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Devices as files: a folder of `NAME.table`, or one such file.
public final class TableFiles {
    private static final long MAX_BYTES = 48L << 20;

    private TableFiles() {}

    /// The devices that `path`, a file or a folder, describes, in the order of their file names.
    ///
    /// @throws StateException for a file that is none of a device's, and for two devices of one name or uuid
    public static List<DeviceSpec> read(Path path) throws IOException, StateException {
        final List<Path> files = Files.isDirectory(path) ? list(path) : List.of(path);
        final List<DeviceSpec> specs = new ArrayList<>();
        final Map<Object, Path> seen = new HashMap<>();
        for (Path file : files) {
            final DeviceSpec spec =
                    TableFile.parse(file.toString(), file.getFileName().toString(), text(file));
            specs.add(spec);
            final List<Object> taken = new ArrayList<>(List.of(spec.name()));
            spec.uuid().ifPresent(taken::add);
            for (Object id : taken) {
                final Path before = seen.put(id, file);
                if (before != null) {
                    throw new StateException(file.toString(), id + " is that of " + before + ", too");
                }
            }
        }
        return specs;
    }

    private static String text(Path file) throws IOException, StateException {
        if (Files.size(file) > MAX_BYTES) {
            throw new StateException(file.toString(), "a table has at most " + MAX_BYTES + " bytes");
        }
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new StateException(file.toString(), "is not UTF-8 text");
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + TableFile.SUFFIX)) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    /// Writes a file a device into `folder`, for its owner only, each replaced whole. With `replace`, files of
    /// devices that are not in `specs` are deleted; without, a folder that has a file of a device is refused.
    public static void write(Path folder, List<DeviceSpec> specs, boolean replace) throws IOException, StateException {
        final Map<Path, String> texts = new HashMap<>();
        for (DeviceSpec spec : specs) {
            texts.put(folder.resolve(TableFile.fileName(spec.name())), TableFile.format(spec));
        }
        Files.createDirectories(folder);
        final List<Path> before = list(folder);
        if (!before.isEmpty() && !replace) {
            throw new StateException(
                    folder.toString(),
                    "has tables already: " + before.getFirst().getFileName());
        }
        for (Map.Entry<Path, String> file : texts.entrySet()) {
            final Path next = Files.createTempFile(
                    folder,
                    ".",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(next, file.getValue());
            Files.move(next, file.getKey(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        for (Path file : before) {
            if (!texts.containsKey(file)) {
                Files.delete(file);
            }
        }
    }
}
