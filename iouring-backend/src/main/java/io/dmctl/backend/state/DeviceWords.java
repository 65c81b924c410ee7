package io.dmctl.backend.state;

import io.dmctl.backend.client.BlockNumbers;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the words of tables mean when they name devices: a device of device-mapper by its name, another block
/// device by its number, a file by its real path. Any other word means itself.
final class DeviceWords {
    static final String MAPPER = "/dev/mapper/";

    private final Map<Devno, DmName> byNumber = new HashMap<>();
    private final Map<String, DmName> byNode = new HashMap<>();

    /// A device that is there, called `node` in tables until now; `devno` 0:0 when it has no number.
    void add(DmName name, String node, Devno devno) {
        byNode.put(node, name);
        if (devno.major() != 0) {
            byNumber.put(devno, name);
        }
    }

    /// A device that shall be there.
    void add(DmName name) {
        byNode.put(name.nodeName(), name);
    }

    /// The device of device-mapper that `word` names.
    Optional<DmName> device(String word) {
        if (word.startsWith(MAPPER)) {
            final DmName named = byNode.get(word.substring(MAPPER.length()));
            if (named != null) {
                return Optional.of(named);
            }
        }
        return BlockNumbers.ofWord(word).map(byNumber::get);
    }

    /// Equal for words that mean the same.
    Object meaning(String word) {
        final Optional<DmName> device = device(word);
        if (device.isPresent()) {
            return device.get();
        }
        final Optional<Devno> number = BlockNumbers.ofWord(word);
        if (number.isPresent()) {
            return number.get();
        }
        try {
            return word.startsWith("/") ? Path.of(word).toRealPath() : word;
        } catch (IOException | InvalidPathException e) {
            return word;
        }
    }

    /// The devices of device-mapper that a table names.
    Set<DmName> devices(DmTable table) {
        final Set<DmName> found = new LinkedHashSet<>();
        for (DmTableLine line : table.lines()) {
            for (String word : line.params().split("\\s+", -1)) {
                device(word).ifPresent(found::add);
            }
        }
        return found;
    }

    /// Whether the tables are the same, though devices may be named otherwise.
    boolean same(DmTable one, DmTable other) {
        if (one.lines().size() != other.lines().size()) {
            return false;
        }
        for (int i = 0; i < one.lines().size(); i++) {
            if (!same(one.lines().get(i), other.lines().get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean same(DmTableLine one, DmTableLine other) {
        return one.startSector() == other.startSector()
                && one.lenSectors() == other.lenSectors()
                && one.type().equals(other.type())
                && (one.params().equals(other.params()) || meanings(one).equals(meanings(other)));
    }

    private List<Object> meanings(DmTableLine line) {
        return List.of(line.params().strip().split("\\s+", -1)).stream()
                .map(this::meaning)
                .toList();
    }
}
