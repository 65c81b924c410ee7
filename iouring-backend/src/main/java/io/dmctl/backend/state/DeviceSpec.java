package io.dmctl.backend.state;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.KeyMask;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// A device as it is, or shall be: in use, with this table.
///
/// @param shownAs how the Java engine shows it, from its first load on
/// @param table without a line: a name only, not in use
public record DeviceSpec(
        DmName name, Optional<DmUuid> uuid, Engine engine, boolean readonly, LoadOptions shownAs, DmTable table) {
    /// Stands in a file where a key was. No target takes it for one.
    public static final String NO_KEY = "KEY-NOT-SAVED";

    /// A device that the kernel runs.
    public static DeviceSpec ofKernel(DmName name, DmTable table) {
        return new DeviceSpec(name, Optional.empty(), Engine.KERNEL, false, LoadOptions.DEFAULT, table);
    }

    DeviceSpec with(DmTable newTable) {
        return new DeviceSpec(name, uuid, engine, readonly, shownAs, newTable);
    }

    /// With [#NO_KEY] in the place of each key.
    public DeviceSpec withoutKeys() {
        // A lone - is crypt's word for no key.
        return with(map(line -> KeyMask.replace(line.type(), line.params(), key -> key.equals("-") ? key : NO_KEY)));
    }

    boolean lacksKey() {
        return table.lines().stream().anyMatch(DeviceSpec::lacksKey);
    }

    static boolean lacksKey(DmTableLine line) {
        return line.params().contains(NO_KEY);
    }

    /// The table with other parameters.
    DmTable map(Function<DmTableLine, String> params) {
        return new DmTable(table.lines().stream()
                .map(l -> new DmTableLine(l.startSector(), l.lenSectors(), l.type(), params.apply(l)))
                .toList());
    }

    /// The words of `params`, each replaced; single blanks between them.
    static String mapWords(String params, UnaryOperator<String> word) {
        final StringBuilder out = new StringBuilder();
        for (String each : params.strip().split("\\s+", -1)) {
            out.append(out.isEmpty() ? "" : " ").append(word.apply(each));
        }
        return out.toString();
    }
}
