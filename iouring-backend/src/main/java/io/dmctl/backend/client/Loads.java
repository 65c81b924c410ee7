package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmFlags;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmRequest;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.TargetModules;
import io.dmctl.targets.core.TargetModulesException;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// TABLE_LOAD on the Java engine: which server, which descriptors.
///
/// The words that name devices come from the target types' own [TargetType#deviceArgs]. A device of ours decides the
/// group, and so does one whose state a group's targets share; every other
/// one is opened here, in the caller's folder and with its permissions, and passed. What cannot be opened is told to
/// the server, whose
/// constructor then fails where the kernel's would.
final class Loads {
    private final Registry registry;
    private final TargetRegistry builtIn;

    Loads(Registry registry, TargetRegistry builtIn) {
        this.registry = registry;
        this.builtIn = builtIn;
    }

    DmOutcome run(DeviceRecord record, DmRequest request, MemorySegment buffer, long inputBytes, DmAttachments how)
            throws DmProtocolException, IOException {
        final String given = option(how, ServerProtocol.MODULE_PATH);
        final String modulePath = given.isEmpty() ? record.modulePath().orElse("") : given;
        final TargetRegistry types = types(modulePath);
        final Map<String, Optional<DeviceRecord>> found = devices(types, request.table());
        final boolean served = record.group().isPresent()
                && Groups.answers(registry, record.group().get());
        if (record.group().isPresent() && !served) {
            // Another server would take the place of what the dead one left, and nobody would find that any more.
            throw new DmProtocolException(
                    Errno.EIO, "the server of " + record.name() + " is dead: recover the device, or remove it");
        }
        final Optional<String> group = served ? record.group() : Optional.empty();
        final Map<String, String> shared = SharedStates.groups(registry, types, request.table());
        final Optional<String> wanted = groupOf(record, found, shared, group, option(how, "group"));
        final List<DeviceDescriptor> opened = new ArrayList<>();
        try {
            final List<String> options = new ArrayList<>(how.options());
            identity(record, options);
            if (given.isEmpty() && !modulePath.isEmpty()) {
                options.add(ServerProtocol.MODULE_PATH + "=" + modulePath);
            }
            LowerWords.open(found, request.has(DmFlags.READONLY), opened, options);
            final DmOutcome outcome = send(record, wanted, buffer, inputBytes, new DmAttachments(opened, options));
            if (outcome.errno() == 0 && !given.isEmpty()) {
                registry.update(record.name(), r -> r.withModulePath(given));
            }
            return outcome;
        } finally {
            opened.forEach(d -> d.fd().close());
        }
    }

    /// The words of `table` that name devices, each with the device of ours that it means.
    Map<String, Optional<DeviceRecord>> devices(TargetRegistry types, List<DmTableLine> table) throws IOException {
        final Map<String, Optional<DeviceRecord>> found = new LinkedHashMap<>();
        for (String word : deviceWords(types, table)) {
            found.put(word, LowerWords.ours(registry, word));
        }
        return found;
    }

    /// As [#types(String)], with the module path of `how`.
    TargetRegistry types(DmAttachments how) throws DmProtocolException {
        return types(option(how, ServerProtocol.MODULE_PATH));
    }

    /// The built-in types, and those of the module path.
    TargetRegistry types(String modulePath) throws DmProtocolException {
        try {
            return modulePath.isEmpty() ? builtIn : builtIn.with(TargetModules.load(modulePath, null));
        } catch (TargetModulesException e) {
            throw new DmProtocolException(Errno.EINVAL, e.getMessage());
        }
    }

    private static Set<String> deviceWords(TargetRegistry types, List<DmTableLine> table) {
        final Set<String> words = new LinkedHashSet<>();
        for (DmTableLine line : table) {
            final TargetType type = types.find(line.type());
            if (type != null) {
                try (TargetArgs args = TargetArgs.split(line.params())) {
                    for (DeviceArg arg : type.deviceArgs(args)) {
                        words.add(arg.word());
                    }
                }
            }
        }
        return words;
    }

    private static String option(DmAttachments how, String key) {
        for (String option : how.options()) {
            if (option.startsWith(key + "=")) {
                return option.substring(key.length() + 1);
            }
        }
        return "";
    }

    /// The group that the table's devices are in; empty for a new one.
    private static Optional<String> groupOf(
            DeviceRecord record,
            Map<String, Optional<DeviceRecord>> found,
            Map<String, String> shared,
            Optional<String> present,
            String wanted)
            throws DmProtocolException {
        Optional<String> group = present;
        if (group.isEmpty() && !wanted.isEmpty()) {
            group = Optional.of(wanted);
        }
        for (Map.Entry<String, Optional<DeviceRecord>> entry : found.entrySet()) {
            final Optional<String> of = entry.getValue()
                    .flatMap(DeviceRecord::group)
                    .or(() -> Optional.ofNullable(shared.get(entry.getKey())));
            if (of.isEmpty()) {
                continue;
            }
            if (group.isPresent() && !group.equals(of)) {
                throw new DmProtocolException(
                        Errno.EBUSY,
                        entry.getKey() + " is served by group " + of.get() + ", " + record.name() + " by group "
                                + group.get() + ": devices that use each other must be created with --group "
                                + of.get());
            }
            group = of;
        }
        return group;
    }

    static void identity(DeviceRecord record, List<String> options) {
        options.add(ServerProtocol.NAME + "=" + record.name());
        record.uuid().map(DmUuid::toString).ifPresent(u -> options.add(ServerProtocol.UUID + "=" + u));
    }

    private DmOutcome send(
            DeviceRecord record,
            Optional<String> wanted,
            MemorySegment buffer,
            long inputBytes,
            DmAttachments attachments)
            throws IOException {
        final boolean start = wanted.isEmpty() || !Groups.isAlive(registry, wanted.get());
        final String group = start ? Groups.make(registry, record.name(), wanted.orElse("")) : wanted.get();
        boolean ok = false;
        try {
            if (start) {
                ServerLauncher.start(registry, group);
            }
            final DmOutcome outcome;
            try (SocketTransport server = Groups.connect(registry, group)) {
                outcome = server.run(DmCommand.TABLE_LOAD.nr(), buffer, inputBytes, attachments);
            }
            ok = outcome.errno() == 0;
            return outcome;
        } finally {
            if (!ok && start) {
                registry.update(record.name(), r -> r.servedBy(Optional.empty()));
                Groups.endIfEmpty(registry, group);
            }
        }
    }
}
