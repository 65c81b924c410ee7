package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.core.TargetRegistry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Takes the devices of a group over from a server that died: starts a new one, and loads what the old one
/// wrote down.
///
/// The devices of a group died together and come back together, those below first. Who recovers holds a lock of
/// the group's, so that two that see the same death do not both.
final class Recovery {
    /// How long a server that has handed its devices over may take to end.
    private static final long END_BOUND_NS = 30_000_000_000L;

    private static final long LOOK_EVERY_NS = 1_000_000L;

    private final Registry registry;
    private final Loads loads;

    Recovery(Registry registry) {
        this.registry = registry;
        this.loads = new Loads(registry, TargetRegistry.load());
    }

    /// Brings `name` and the others of its group back; answers those that were.
    ///
    /// @throws ErrnoException ENXIO when there is no such device; EINVAL when it cannot come back, with the
    /// reason
    List<DmName> run(DmName name) throws IOException, DmException {
        return locked(name, group -> Groups.answers(registry, group) ? List.of() : takeOver(name, group));
    }

    /// Holds the lock of the group meanwhile.
    private List<DmName> locked(DmName name, Work work) throws IOException, DmException {
        final DeviceRecord record = record(name);
        final String group = record.group().orElseThrow(() -> refused(name, "it was never loaded: it has no server"));
        final String lock = registry.groupDir(group).resolve("recovery").toString();
        try (Fd fd = Fd.open(lock, OpenFlags.RDWR | OpenFlags.CREAT)) {
            FileLocks.flock(fd.number());
            return work.on(group);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                record(name); // removed meanwhile?
            }
            throw e;
        }
    }

    /// Replaces the server of `name` by a new one of the present code, without a failed request: the old one lets
    /// its devices go, ends, and the new one takes them over. A dead one is recovered. Answers the devices.
    ///
    /// @throws ErrnoException as [#run]; EOPNOTSUPP when a device of the group cannot be handed over, with the
    /// reason: nothing has changed then
    List<DmName> upgrade(DmName name) throws IOException, DmException {
        return locked(name, group -> {
            if (Groups.answers(registry, group)) {
                handOver(name, group);
            }
            return takeOver(name, group);
        });
    }

    private void handOver(DmName name, String group) throws IOException {
        try (SocketTransport server = Groups.connect(registry, group);
                Frame reply = server.run(ServerProtocol.HAND_OVER, MemorySegment.NULL, DmAttachments.NONE)) {
            final DmOutcome outcome = reply.outcome();
            if (outcome.errno() != 0) {
                final String reason = outcome.reason();
                throw new ErrnoException("upgrade", reason == null ? name.toString() : reason, outcome.errno());
            }
        }
        final long end = System.nanoTime() + END_BOUND_NS;
        while (Groups.isAlive(registry, group)) {
            if (System.nanoTime() - end > 0) {
                throw new ErrnoException("upgrade", name + ": its server did not end", Errno.ETIMEDOUT);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }

    private interface Work {
        List<DmName> on(String group) throws IOException, DmException;
    }

    private DeviceRecord record(DmName name) throws IOException {
        return registry.find(DmId.of(name))
                .orElseThrow(() -> new ErrnoException("recover", name.toString(), Errno.ENXIO));
    }

    private static ErrnoException refused(DmName name, String reason) {
        return new ErrnoException("recover", name + ": " + reason, Errno.EINVAL);
    }

    private List<DmName> takeOver(DmName name, String group) throws IOException, DmException {
        final List<DeviceState> states = StateFile.read(registry.groupDir(group));
        final Optional<DeviceState> asked =
                states.stream().filter(s -> s.name().equals(name)).findFirst();
        if (asked.isEmpty()) {
            throw refused(name, "its server wrote nothing down of it: remove it");
        }
        for (DeviceState state : states) {
            requireRecoverable(state);
        }
        ServerLauncher.start(registry, group);
        final List<DmName> done = new ArrayList<>();
        boolean ok = false;
        try (DmControl server = DmControl.over(Groups.connect(registry, group))) {
            for (DeviceState state : inOrder(states)) {
                load(server, state);
                done.add(state.name());
            }
            ok = true;
            return done;
        } finally {
            if (!ok && Groups.isAlive(registry, group)) {
                Groups.askToEnd(registry, group);
            }
        }
    }

    private static void requireRecoverable(DeviceState state) throws ErrnoException {
        if (state.live().isEmpty() && state.inactive().isEmpty()) {
            throw refused(state.name(), "its table has a key, which is kept nowhere: remove it, and create it again");
        }
        if (state.ublkId() >= 0 && state.options().recovery().equals("none")) {
            throw refused(
                    state.name(),
                    "it was created with --recovery none, and its block device has died with the server: remove it, and"
                            + " create it again");
        }
    }

    private void load(DmControl server, DeviceState state) throws IOException, DmException {
        if (state.live().isPresent()) {
            final List<String> takeover = List.of(
                    ServerProtocol.ADOPT + "=" + state.ublkId(),
                    ServerProtocol.EVENT_NR + "=" + state.eventNr(),
                    ServerProtocol.SUSPENDED + "=" + state.suspended());
            load(server, state, state.live().get(), takeover);
        }
        if (state.inactive().isPresent()) {
            load(server, state, state.inactive().get(), List.of());
        }
    }

    private void load(DmControl server, DeviceState state, TableState table, List<String> more)
            throws IOException, DmException {
        final List<String> options = new ArrayList<>(state.options().words());
        options.addAll(more);
        options.add(ServerProtocol.TABLE_NUMBER + "=" + table.number());
        final DeviceRecord record = record(state.name());
        Loads.identity(record, options);
        record.modulePath().ifPresent(path -> options.add(ServerProtocol.MODULE_PATH + "=" + path));
        final List<DeviceDescriptor> opened = new ArrayList<>();
        try {
            LowerWords.open(devices(state, table), table.readOnly(), opened, options);
            server.run(
                    new DmTask.TableLoad(DmId.of(state.name()), new DmTable(table.lines()), table.readOnly()),
                    new DmAttachments(opened, options));
        } finally {
            opened.forEach(d -> d.fd().close());
        }
    }

    private Map<String, Optional<DeviceRecord>> devices(DeviceState state, TableState table) throws IOException {
        try {
            final TargetRegistry types =
                    loads.types(record(state.name()).modulePath().orElse(""));
            return loads.devices(types, table.lines());
        } catch (DmProtocolException e) {
            throw refused(state.name(), String.valueOf(e.getMessage()));
        }
    }

    /// Those below before those that lie on them.
    private List<DeviceState> inOrder(List<DeviceState> states) throws IOException {
        final Set<DeviceState> ordered = new LinkedHashSet<>();
        for (DeviceState state : states) {
            addWithLower(state, states, ordered);
        }
        return List.copyOf(ordered);
    }

    private void addWithLower(DeviceState state, List<DeviceState> states, Set<DeviceState> to) throws IOException {
        for (Optional<TableState> table : List.of(state.live(), state.inactive())) {
            if (table.isPresent()) {
                for (Optional<DeviceRecord> word : devices(state, table.get()).values()) {
                    final Optional<DmName> below = word.map(DeviceRecord::name);
                    for (DeviceState other : states) {
                        if (Optional.of(other.name()).equals(below) && other != state) {
                            addWithLower(other, states, to);
                        }
                    }
                }
            }
        }
        to.add(state);
    }
}
