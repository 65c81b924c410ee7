package io.dmctl.backend.server;

import io.dmctl.backend.client.Registry;
import io.dmctl.backend.client.StateFile;
import io.dmctl.backend.lower.Claims;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmFlags;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmReplyWriter;
import io.dmctl.bindings.control.DmRequest;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetCounts;
import io.dmctl.targets.core.TargetModules;
import io.dmctl.targets.core.TargetModulesException;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers device-mapper's commands for the devices of one group, as the kernel would: same flags, same errno.
///
/// Thread rule: any thread; commands for one device exclude one another in [io.dmctl.targets.core.MappedDevice], the
/// list of devices has
/// its own lock, which no command holds while it waits for I/O.
///
/// @kernel drivers/md/dm-ioctl.c
final class DmServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DmServer.class);

    private final IoGroup group;
    private final TargetRegistry types;
    /// Of the last load that had a module path: the same files give the same classes.
    private @Nullable TargetModules modules;
    private final Claims claims;
    private final Showing showing;
    private final Registry registry;
    private final Path groupDir;
    private final MemoryBudget budget;
    private final ClientWaits waits = new ClientWaits();
    private final Map<DmName, ServedDevice> devices = new ConcurrentHashMap<>();
    private volatile boolean hasServed;
    /// The number of the last table.
    private final AtomicLong tables;
    /// Commands share it; a hand-over has it alone, and keeps it.
    private final ReadWriteLock commands = new ReentrantReadWriteLock();

    /// @param lastTable the largest number of a table that a dead server left
    DmServer(
            IoGroup group,
            TargetRegistry types,
            Claims claims,
            Showing showing,
            Registry registry,
            Path groupDir,
            long lastTable) {
        this.group = group;
        this.types = types;
        this.claims = claims;
        this.showing = showing;
        this.registry = registry;
        this.groupDir = groupDir;
        this.budget = new MemoryBudget(group, this::ioThreads);
        this.tables = new AtomicLong(lastTable);
    }

    boolean isEmpty() {
        return devices.isEmpty();
    }

    /// Has there been a device, so that the state that lies in the folder is this server's?
    boolean hasServed() {
        return hasServed;
    }

    /// Commands that wait for I/O, and for whom.
    ClientWaits waits() {
        return waits;
    }

    /// Does what `frame` asks; the reply is written into its body.
    ///
    /// @throws DmProtocolException when the request is refused
    /// @throws TableException when a table or a device is at fault
    DmReplyWriter answer(Frame frame, ClientWaits.Hangup client)
            throws DmProtocolException, TableException, ErrnoException, IOException {
        final DmRequest request = DmRequest.decode(frame.command(), frame.body());
        if (request.command() == DmCommand.DEV_WAIT) {
            return await(request, client); // for long
        }
        commands.readLock().lock();
        try {
            return answer(request, frame, client);
        } finally {
            commands.readLock().unlock();
        }
    }

    private DmReplyWriter answer(DmRequest request, Frame frame, ClientWaits.Hangup client)
            throws DmProtocolException, TableException, ErrnoException, IOException {
        return switch (request.command()) {
            case TABLE_LOAD -> load(request, frame);
            case LIST_DEVICES -> list(request);
            case DEV_REMOVE -> remove(request);
            case DEV_RENAME -> rename(request);
            case DEV_SUSPEND -> suspend(request, client);
            case DEV_STATUS -> info(request, device(request));
            case TABLE_CLEAR -> clear(request);
            case TABLE_DEPS -> deps(request);
            case TABLE_STATUS -> status(request, device(request));
            case TARGET_MSG -> message(request);
            case VERSION,
                    REMOVE_ALL,
                    DEV_CREATE,
                    DEV_WAIT,
                    LIST_VERSIONS,
                    DEV_SET_GEOMETRY,
                    DEV_ARM_POLL,
                    GET_TARGET_VERSION ->
                throw new DmProtocolException(
                        Errno.ENOTTY, DmCommand.of(frame.command()) + " is not a command of a device server");
        };
    }

    // ---- devices ----

    private ServedDevice device(DmRequest request) throws DmProtocolException {
        final DmId id = request.id();
        return find(id).orElseThrow(() -> new DmProtocolException(Errno.ENXIO, "no device " + id));
    }

    private Optional<ServedDevice> find(DmId id) {
        return switch (id) {
            case DmId.ByName n -> Optional.ofNullable(devices.get(n.name()));
            case DmId.ByUuid u ->
                devices.values().stream()
                        .filter(d -> d.uuid.equals(Optional.of(u.uuid())))
                        .findFirst();
            case DmId.ByDevno d -> Optional.empty();
        };
    }

    /// A word of a table that names a device of this group: its name, or what leads to it.
    private Optional<BlockDevice> ofGroup(String word) {
        for (ServedDevice device : devices.values()) {
            if (word.equals(device.name.toString())
                    || word.equals("/dev/mapper/" + device.name.nodeName())
                    || device.transport.address().equals(Optional.of(word))
                    || word.equals(device.devno().toString())) {
                return Optional.of(device.md);
            }
        }
        return Optional.empty();
    }

    // ---- tables ----

    private DmReplyWriter load(DmRequest request, Frame frame) throws DmProtocolException, TableException, IOException {
        final LoadRequest how = LoadRequest.of(frame);
        final DmId id = request.id();
        final List<DmTableLine> table = request.table();
        final TargetRegistry all = types(how.options().modulePath());
        KeptTables.requireRecoverable(all, table, how.options().recovery());
        final ServedDevice device;
        final boolean isNew;
        synchronized (this) {
            final Optional<ServedDevice> known = find(id);
            isNew = known.isEmpty();
            device = isNew ? admit(id, how) : known.get();
        }
        boolean ok = false;
        try {
            final KeptMemory memory = how.tableNumber() > 0
                    ? new KeptMemory(groupDir, how.tableNumber(), false)
                    : new KeptMemory(groupDir, tables.incrementAndGet(), true);
            final ServerTargets services =
                    new ServerTargets(claims, this::ofGroup, frame.devices(), how.notOpened(), memory);
            final boolean readOnly = request.has(DmFlags.READONLY);
            final LiveTable built = new TableBuilder(all, group, services).build(device.md, specs(table), readOnly);
            accept(device, built);
            device.keep(built, KeptTables.of(all, table, memory.table(), readOnly, services.names()));
            device.md.load(built);
            if (isNew && how.takeover().isPresent()) {
                takeOver(device, how.takeover().get());
            } else if (isNew) {
                showing.served(device, registry);
            }
            keepState();
            memory.settle();
            ok = true;
        } finally {
            if (!ok && isNew) {
                device.md.remove();
                devices.remove(device.name);
            }
        }
        return info(request, device);
    }

    /// Owns `table` when it throws.
    private void accept(ServedDevice device, LiveTable table) throws DmProtocolException {
        boolean ok = false;
        try {
            device.requireMayShow(table);
            budget.requireTable(device.md, table);
            ok = true;
        } finally {
            if (!ok) {
                table.close();
            }
        }
    }

    private int ioThreads(MappedDevice md) {
        for (ServedDevice device : devices.values()) {
            if (device.md == md) {
                return device.ioThreads();
            }
        }
        return 0;
    }

    private void takeOver(ServedDevice device, LoadRequest.Takeover how) throws TableException, IOException {
        device.md.recover(how.suspended(), how.eventNr(), this::keepState);
        showing.shown(device, registry);
        log.info("{}: taken over from a server that died", device.name);
    }

    /// Writes down what a next server needs; before what has changed is acknowledged, and before requests run
    /// on it.
    private synchronized void keepState() {
        hasServed = true;
        try {
            StateFile.write(
                    groupDir, devices.values().stream().map(ServedDevice::state).toList());
        } catch (IOException e) {
            log.error("{}: not written: a recovery would bring back what was before: {}", groupDir, e.toString());
        }
    }

    /// The built-in types, and those of the module path as its files are now.
    private synchronized TargetRegistry types(String modulePath) throws TableException {
        if (modulePath.isEmpty()) {
            return types;
        }
        try {
            modules = TargetModules.load(modulePath, modules);
            return types.with(modules);
        } catch (TargetModulesException e) {
            throw new TableException(e.getMessage(), Errno.EINVAL, -1, -1);
        }
    }

    private ServedDevice admit(DmId id, LoadRequest how) throws DmProtocolException {
        final DmName name = how.name().orElseThrow(() -> new DmProtocolException(Errno.ENXIO, "no device " + id));
        budget.requireDevice(how.options().ioThreads(), how.boundedDepth());
        final ServedDevice device = showing.newDevice(group, name, how);
        devices.put(name, device);
        return device;
    }

    /// Each is made when it is asked for: there may be many.
    private static List<TableSpec> specs(List<DmTableLine> lines) {
        return new AbstractList<>() {
            @Override
            public TableSpec get(int index) {
                final DmTableLine line = lines.get(index);
                return new TableSpec(
                        line.startSector(),
                        line.lenSectors(),
                        line.type(),
                        line.params().getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public int size() {
                return lines.size();
            }
        };
    }

    private DmReplyWriter clear(DmRequest request) throws DmProtocolException {
        final ServedDevice device = device(request);
        device.md.clear();
        keepState();
        return info(request, device);
    }

    private DmReplyWriter deps(DmRequest request) throws DmProtocolException {
        final ServedDevice device = device(request);
        final LiveTable table = asked(request, device);
        final DmReplyWriter reply = info(request, device);
        if (table != null) {
            final List<Devno> deps = new ArrayList<>();
            for (LowerDevice dev : table.devices()) {
                devnoOf(dev).ifPresent(deps::add);
            }
            reply.deps(deps);
        }
        return reply;
    }

    /// A file has no number, and is left out.
    private Optional<Devno> devnoOf(LowerDevice dev) {
        for (ServedDevice device : devices.values()) {
            if (device.md == dev) {
                return Optional.of(device.devno());
            }
        }
        return dev.name().startsWith("/") ? Optional.empty() : Optional.of(Devno.parse(dev.name()));
    }

    private static @Nullable LiveTable asked(DmRequest request, ServedDevice device) {
        return request.has(DmFlags.QUERY_INACTIVE_TABLE) ? device.md.inactive() : device.md.live();
    }

    private DmReplyWriter info(DmRequest request, ServedDevice device) {
        return new DmReplyWriter(request).info(device.info(request.has(DmFlags.QUERY_INACTIVE_TABLE)));
    }

    private DmReplyWriter status(DmRequest request, ServedDevice device) {
        final LiveTable table = asked(request, device);
        final StatusType type = request.has(DmFlags.STATUS_TABLE) ? StatusType.TABLE : StatusType.INFO;
        final boolean noflush = request.has(DmFlags.NOFLUSH);
        final DmReplyWriter reply = info(request, device);
        if (table != null) {
            reply.status(table.status(type, noflush).stream()
                    .map(s -> new DmStatusLine(
                            s.startSector(), s.lenSectors(), s.type(), new String(s.text(), StandardCharsets.UTF_8)))
                    .toList());
        }
        return reply;
    }

    // ---- the life of a device ----

    private DmReplyWriter suspend(DmRequest request, ClientWaits.Hangup client)
            throws DmProtocolException, TableException, IOException {
        final ServedDevice device = device(request);
        final boolean noflush = request.has(DmFlags.NOFLUSH);
        if (request.has(DmFlags.SUSPEND)) {
            device.requireMaySuspend();
            waits.run(client, () -> device.md.suspend(noflush));
            keepState();
        } else {
            resume(device, noflush, client);
        }
        return info(request, device);
    }

    /// A removal waits for it, and it for a removal: else a device that is gone would be shown.
    private void resume(ServedDevice device, boolean noflush, ClientWaits.Hangup client)
            throws TableException, IOException {
        synchronized (device) {
            requirePresent(device);
            if (device.md.live() != null && device.md.inactive() != null) {
                // Else the resume would do it, and write the state down as well, which must not be interrupted.
                waits.run(client, () -> device.md.suspend(noflush));
            }
            device.md.resume(noflush, this::keepState);
            if (device.md.live() != null) {
                showing.shown(device, registry);
            }
        }
    }

    private void requirePresent(ServedDevice device) throws TableException {
        if (!devices.containsValue(device)) {
            throw new TableException("no device " + device.name, Errno.ENXIO, -1, -1);
        }
    }

    private DmReplyWriter remove(DmRequest request)
            throws DmProtocolException, TableException, ErrnoException, IOException {
        final ServedDevice device = device(request);
        removeDevice(device);
        final DmReplyWriter reply = new DmReplyWriter(request);
        reply.removed(false);
        return reply;
    }

    private void removeDevice(ServedDevice device) throws TableException, ErrnoException, IOException {
        synchronized (device) {
            requirePresent(device);
            removePresent(device);
        }
    }

    private void removePresent(ServedDevice device) throws TableException, ErrnoException, IOException {
        if (!device.md.lockForDeletion()) {
            throw new TableException(
                    "Device " + device.name + " is in use by another device of its group", Errno.EBUSY, -1, -1);
        }
        final Optional<String> address = device.transport.address();
        boolean stopped = false;
        try {
            device.transport.stop();
            stopped = true;
        } finally {
            if (!stopped) {
                device.md.unlockForDeletion();
            }
        }
        device.md.remove();
        synchronized (this) {
            devices.remove(device.name);
        }
        showing.gone(device, address, registry);
        keepState();
        log.info("{}: removed", device.name);
    }

    private DmReplyWriter rename(DmRequest request) throws DmProtocolException, TableException, IOException {
        final ServedDevice device = device(request);
        synchronized (device) {
            requirePresent(device);
            rename(device, request);
        }
        return info(request, device);
    }

    private void rename(ServedDevice device, DmRequest request) throws DmProtocolException, IOException {
        synchronized (this) {
            if (request.has(DmFlags.UUID)) {
                final DmUuid uuid = request.newUuid();
                device.uuid = Optional.of(uuid);
                device.md.event();
            } else {
                final DmName newName = request.newName();
                final DmName old = device.name;
                devices.remove(old);
                device.name = newName;
                devices.put(newName, device);
                device.md.rename(newName.nodeName());
                showing.renamed(device, old);
            }
            keepState();
        }
    }

    private DmReplyWriter list(DmRequest request) {
        final List<DmListedDevice> list = devices.values().stream()
                .map(d -> new DmListedDevice(d.name, d.devno(), (int) d.md.eventNr(), d.uuid))
                .filter(request::lists)
                .sorted(Comparator.comparing(DmListedDevice::name))
                .toList();
        final DmReplyWriter reply = new DmReplyWriter(request);
        reply.devices(list);
        return reply;
    }

    private DmReplyWriter await(DmRequest request, ClientWaits.Hangup client)
            throws DmProtocolException, TableException {
        final ServedDevice device = device(request);
        final int seen = request.eventNr();
        waits.run(client, () -> {
            if (!group.scheduler().await(() -> (int) device.md.eventNr() != seen || !devices.containsValue(device))) {
                throw new TableException("the client has gone", Errno.EINTR, -1, -1);
            }
        });
        return status(request, device);
    }

    private DmReplyWriter message(DmRequest request) throws DmProtocolException, TableException {
        final ServedDevice device = device(request);
        final DmRequest.Message message = request.message();
        final String answer;
        try (TargetArgs args = TargetArgs.split(message.text())) {
            if (args.count() == 0) {
                throw new DmProtocolException(Errno.EINVAL, "Empty message received.");
            }
            answer = device.md.message(message.sector(), args);
        } catch (TargetException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, e.argument());
        }
        final DmReplyWriter reply = info(request, device);
        if (!answer.isEmpty()) {
            reply.dataOut(answer);
        }
        return reply;
    }

    /// Removes every device that can be removed, the ones above first; answers those that are open, with the reason.
    List<String> removeAll() {
        commands.readLock().lock();
        try {
            return removeWhatCanBe();
        } finally {
            commands.readLock().unlock();
        }
    }

    /// Lets every device go to a next server, which finds in the group's folder what it needs. From here on
    /// no command is answered: the process is to end.
    ///
    /// @throws DmProtocolException EOPNOTSUPP when a device cannot; ETIMEDOUT when a command or a request
    /// does not end, with what has it; nothing has changed then
    void handOver() throws DmProtocolException, ErrnoException {
        HandOver.lock(commands.writeLock());
        boolean begun = false;
        try {
            HandOver.require(group, devices.values());
            keepState();
            begun = true;
            for (ServedDevice device : devices.values()) {
                device.handOver();
            }
        } finally {
            if (!begun) {
                commands.writeLock().unlock();
            }
        }
    }

    private List<String> removeWhatCanBe() {
        final List<String> open = new ArrayList<>();
        boolean again = true;
        while (again) {
            again = false;
            open.clear();
            for (ServedDevice device : List.copyOf(devices.values())) {
                try {
                    removeDevice(device);
                    again = true;
                } catch (TableException | IOException e) {
                    open.add(device.name + ": " + e.getMessage());
                }
            }
        }
        return open;
    }

    /// What the targets of device `name` have done, a line a target; empty when there is no such device.
    Optional<String> counts(String name) {
        return find(DmId.of(DmName.of(name))).map(device -> {
            final StringBuilder text = new StringBuilder();
            for (TargetCounts c : device.md.targetCounts()) {
                text.append(c.startSector())
                        .append(' ')
                        .append(c.lenSectors())
                        .append(' ')
                        .append(c.type());
                for (ReqOp op : List.of(ReqOp.READ, ReqOp.WRITE)) {
                    text.append(' ').append(c.bios(op)).append(' ').append(c.sectors(op));
                }
                text.append(' ').append(c.provider()).append('\n');
            }
            return text.toString();
        });
    }

    /// A second descriptor of a device that this server has claimed.
    Optional<Fd> lend(String key) throws ErrnoException {
        return claims.lend(key);
    }

    static DmOutcome outcome(TableException e) {
        return new DmOutcome(e.errno(), e.getMessage(), e.line(), e.argument());
    }

    @Override
    public void close() {
        claims.close();
    }
}
