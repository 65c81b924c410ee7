package io.dmctl.backend.server;

import io.dmctl.backend.client.TableState;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is written down of a table: the lines as they were loaded, with words that lead to the same devices
/// from anywhere. A table with a key is not written down.
final class KeptTables {
    private KeptTables() {}

    /// Refuses, for a device that is to survive its server, tables that cannot.
    ///
    /// @throws DmProtocolException EOPNOTSUPP with the target and the reason
    static void requireRecoverable(TargetRegistry types, List<DmTableLine> table, String recovery)
            throws DmProtocolException {
        if (recovery.equals("none")) {
            return;
        }
        for (DmTableLine line : table) {
            final TargetType type = types.find(line.type());
            if (type == null) {
                continue; // the constructor refuses it
            }
            if (!recovers(type, line)) {
                throw new DmProtocolException(
                        Errno.EOPNOTSUPP,
                        line.type() + ": its state is lost with its server: create the device with --recovery none");
            }
            if (hasSecret(type, line)) {
                throw new DmProtocolException(
                        Errno.EOPNOTSUPP,
                        line.type() + ": its key is kept nowhere: create the device with --recovery none");
            }
        }
    }

    private static boolean recovers(TargetType type, DmTableLine line) {
        try (TargetArgs args = TargetArgs.split(line.params())) {
            return type.recovers(args);
        }
    }

    private static boolean hasSecret(TargetType type, DmTableLine line) {
        try (TargetArgs args = TargetArgs.split(line.params())) {
            return !type.secretArgs(args).isEmpty();
        }
    }

    /// `names`: what TABLE prints for a device word; `number`: the table's. Empty for a table with a key.
    static Optional<TableState> of(
            TargetRegistry types, List<DmTableLine> table, long number, boolean readOnly, Map<String, String> names) {
        final List<DmTableLine> lines = new ArrayList<>();
        for (DmTableLine line : table) {
            final TargetType type = types.find(line.type());
            if (type == null || hasSecret(type, line)) {
                return Optional.empty();
            }
            final String params = params(type, line, names);
            lines.add(
                    params.equals(line.params())
                            ? line // there may be many
                            : new DmTableLine(line.startSector(), line.lenSectors(), line.type(), params));
        }
        return Optional.of(new TableState(number, readOnly, lines));
    }

    private static String params(TargetType type, DmTableLine line, Map<String, String> names) {
        try (TargetArgs args = TargetArgs.split(line.params())) {
            final List<String> words = new ArrayList<>();
            for (int i = 0; i < args.count(); i++) {
                words.add(escape(args.word(i)));
            }
            for (DeviceArg arg : type.deviceArgs(args)) {
                final String name = names.get(arg.word());
                if (name != null) {
                    words.set(arg.index(), name); // escaped already, as in TABLE
                }
            }
            return String.join(" ", words);
        }
    }

    private static String escape(String word) {
        return word.chars()
                .mapToObj(c -> (c == '\\' || Character.isWhitespace(c) ? "\\" : "") + (char) c)
                .collect(Collectors.joining());
    }
}
