package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Which groups share the state that the targets of a table keep of their devices: an origin and its snapshots
/// name the same device, which is none of ours, and must be in one process.
final class SharedStates {
    private SharedStates() {}

    /// Of the words of `table` that [TargetType#sharedDevices] names, those that a running group's tables
    /// share, with that group.
    static Map<String, String> groups(Registry registry, TargetRegistry types, List<DmTableLine> table)
            throws IOException {
        final Map<String, String> found = new HashMap<>();
        final Set<String> words = shared(types, table);
        if (words.isEmpty()) {
            return found; // nearly all tables
        }
        final Map<String, String> groupOf = inUse(registry, types);
        for (String word : words) {
            final String group = groupOf.get(identity(word));
            if (group != null) {
                found.put(word, group);
            }
        }
        return found;
    }

    private static Set<String> shared(TargetRegistry types, List<DmTableLine> table) {
        final Set<String> words = new LinkedHashSet<>();
        for (DmTableLine line : table) {
            final TargetType type = types.find(line.type());
            if (type != null) {
                try (TargetArgs args = TargetArgs.split(line.params())) {
                    type.sharedDevices(args).stream().map(DeviceArg::word).forEach(words::add);
                }
            }
        }
        return words;
    }

    /// The group of each device that is shared so now, by [#identity].
    private static Map<String, String> inUse(Registry registry, TargetRegistry types) throws IOException {
        final Map<String, String> groupOf = new HashMap<>();
        try (DirectoryStream<Path> groups = Files.newDirectoryStream(registry.groupsDir())) {
            for (Path dir : groups) {
                final String group = dir.getFileName().toString();
                if (!Groups.isAlive(registry, group)) {
                    continue;
                }
                for (DeviceState device : StateFile.read(dir)) {
                    final List<DmTableLine> lines = new ArrayList<>();
                    Stream.of(device.live(), device.inactive())
                            .forEach(t -> t.ifPresent(state -> lines.addAll(state.lines())));
                    shared(types, lines).forEach(word -> groupOf.put(identity(word), group));
                }
            }
        } catch (NoSuchFileException e) {
            return groupOf; // no group was ever made
        }
        return groupOf;
    }

    /// The number of a block device, the real path of a file; of anything else the word itself.
    private static String identity(String word) {
        final Path path = Path.of(word);
        final Optional<Devno> number = BlockNumbers.ofNode(path);
        try {
            return number.isPresent()
                    ? number.get().toString()
                    : path.toRealPath().toString();
        } catch (IOException e) {
            return word;
        }
    }
}
