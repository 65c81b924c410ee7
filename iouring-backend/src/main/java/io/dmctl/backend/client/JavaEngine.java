package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmFlags;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmReplyWriter;
import io.dmctl.bindings.control.DmRequest;
import io.dmctl.bindings.control.DmTargetVersion;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.DmVersion;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The Java engine as one device-mapper: answers what the registry knows, and sends the rest to the server of the
/// device's group,
/// which it starts at a device's first load.
///
/// Thread rule: one command at a time.
public final class JavaEngine implements DmTransport {
    private static final Devno NO_DEVICE = new Devno(0, 0);

    private final Registry registry;
    private final TargetRegistry types = TargetRegistry.load();
    private final Loads loads;

    JavaEngine(Registry registry) {
        this.registry = registry;
        this.loads = new Loads(registry, types);
    }

    @Override
    public String call() {
        return "dm";
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            // A look at a copy: reading a request changes its buffer, which may still have to go to a server as it is.
            final MemorySegment copy = arena.allocate(buffer.byteSize(), Long.BYTES);
            copy.copyFrom(buffer);
            try {
                final DmRequest request = DmRequest.decode(command, copy);
                final DmReplyWriter reply = answer(request, attachments);
                if (reply == null) {
                    return toServer(request, copy, buffer, inputBytes, attachments);
                }
                return answered(reply, copy, buffer);
            } finally {
                copy.fill((byte) 0); // there may be keys in it
            }
        } catch (DmProtocolException e) {
            return DmOutcome.of(e);
        } catch (ErrnoException e) {
            return DmOutcome.failed(e.errno(), e.getMessage());
        }
    }

    /// Hands the caller what was written into the copy.
    private static DmOutcome answered(DmReplyWriter reply, MemorySegment copy, MemorySegment buffer) {
        MemorySegment.copy(copy, 0, buffer, 0, reply.replyBytes());
        return DmOutcome.OK;
    }

    /// The answer without a server; null when one is needed.
    private @Nullable DmReplyWriter answer(DmRequest request, DmAttachments how)
            throws DmProtocolException, IOException {
        return switch (request.command()) {
            case VERSION -> new DmReplyWriter(request);
            case LIST_VERSIONS -> versions(request, loads.types(how).all());
            case GET_TARGET_VERSION -> version(request);
            case LIST_DEVICES -> list(request);
            case DEV_CREATE -> create(request);
            case DEV_RENAME -> null;
            case REMOVE_ALL, DEV_SET_GEOMETRY, DEV_ARM_POLL ->
                throw new DmProtocolException(Errno.EOPNOTSUPP, request.command() + ": not on this engine");
            case TABLE_LOAD -> null;
            case DEV_REMOVE, DEV_SUSPEND, DEV_STATUS, DEV_WAIT, TABLE_CLEAR, TABLE_DEPS, TABLE_STATUS, TARGET_MSG ->
                withoutServer(request);
        };
    }

    private static DmReplyWriter versions(DmRequest request, Iterable<TargetType> types) {
        final List<DmTargetVersion> versions = new ArrayList<>();
        for (TargetType type : types) {
            final TargetVersion v = type.version();
            versions.add(new DmTargetVersion(type.name(), new DmVersion(v.major(), v.minor(), v.patch())));
        }
        final DmReplyWriter reply = new DmReplyWriter(request);
        reply.versions(versions);
        return reply;
    }

    private DmReplyWriter version(DmRequest request) throws DmProtocolException {
        final TargetType type = types.find(request.targetType());
        if (type == null) {
            throw new DmProtocolException(Errno.EINVAL, request.targetType() + ": unknown target type");
        }
        return versions(request, List.of(type));
    }

    // ---- what the registry answers ----

    private DmReplyWriter create(DmRequest request) throws DmProtocolException, IOException {
        final DmName name = request.name();
        final Optional<DmUuid> uuid = request.uuid();
        if (request.minor().isPresent()) {
            throw new DmProtocolException(Errno.EOPNOTSUPP, "a device of the Java engine has no minor number of dm's");
        }
        try {
            registry.create(name, uuid);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
            throw new DmProtocolException(Errno.EBUSY, "a device of the Java engine has that name or uuid");
        }
        return new DmReplyWriter(request).info(empty(DeviceRecord.of(name, uuid)));
    }

    private static DmDeviceInfo empty(DeviceRecord record) {
        return new DmDeviceInfo(record.name(), record.uuid(), NO_DEVICE, 0, 0, 0, 0);
    }

    private DmReplyWriter list(DmRequest request) throws IOException {
        final List<DmListedDevice> devices = new ArrayList<>();
        for (DeviceRecord record : registry.all()) {
            final DmListedDevice device =
                    new DmListedDevice(record.name(), BlockNumbers.of(record.address()), 0, record.uuid());
            if (request.lists(device)) {
                devices.add(device);
            }
        }
        final DmReplyWriter reply = new DmReplyWriter(request);
        reply.devices(devices);
        return reply;
    }

    private DeviceRecord record(DmRequest request) throws DmProtocolException, IOException {
        final DmId id = request.id();
        return registry.find(id).orElseThrow(() -> new DmProtocolException(Errno.ENXIO, "no device " + id));
    }

    /// A device that no server serves (yet, or any more) has no table.
    private @Nullable DmReplyWriter withoutServer(DmRequest request) throws DmProtocolException, IOException {
        final DeviceRecord record = record(request);
        if (Groups.isServed(registry, record)) {
            return null;
        }
        final boolean dead = record.group().isPresent();
        return switch (request.command()) {
            case DEV_REMOVE -> {
                Groups.cleanUp(registry, record);
                final DmReplyWriter reply = new DmReplyWriter(request);
                reply.removed(false);
                yield reply;
            }
            case DEV_STATUS -> new DmReplyWriter(request).info(empty(record));
            case TARGET_MSG -> throw new DmProtocolException(Errno.EINVAL, "The device has no table.");
            case DEV_WAIT ->
                throw new DmProtocolException(
                        Errno.EOPNOTSUPP, "nothing can happen to " + record.name() + " before its first load");
            default -> {
                if (dead) {
                    throw new DmProtocolException(
                            Errno.EIO, "the server of " + record.name() + " is dead: recover the device, or remove it");
                }
                yield new DmReplyWriter(request).info(empty(record));
            }
        };
    }

    // ---- what a server answers ----

    private DmOutcome toServer(
            DmRequest request, MemorySegment copy, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws DmProtocolException, IOException {
        if (request.command() == DmCommand.TABLE_LOAD) {
            return loads.run(record(request), request, buffer, inputBytes, attachments);
        }
        if (request.command() == DmCommand.DEV_RENAME) {
            return rename(request, copy, buffer, inputBytes, attachments);
        }
        final DeviceRecord record = record(request);
        final String group = record.group().orElseThrow();
        final DmOutcome outcome;
        try {
            outcome = forward(group, request, buffer, inputBytes, attachments);
        } catch (ErrnoException e) {
            // It may be ending, or have ended, between the look and the call: one without a device does after any
            // command.
            final DmReplyWriter reply = Groups.answers(registry, group) ? null : withoutServer(request);
            if (reply == null) {
                throw e;
            }
            return answered(reply, copy, buffer);
        }
        return outcome.errno() == Errno.ENXIO ? unserved(record, group, request, copy, buffer, outcome) : outcome;
    }

    /// The server has no such device when a client died between the server's start and the load: then it is a name,
    /// and can be removed.
    private DmOutcome unserved(
            DeviceRecord record,
            String group,
            DmRequest request,
            MemorySegment copy,
            MemorySegment buffer,
            DmOutcome refused)
            throws IOException {
        final DmReplyWriter reply = new DmReplyWriter(request);
        if (request.command() == DmCommand.DEV_REMOVE) {
            registry.remove(record.name());
            Groups.endIfEmpty(registry, group);
            reply.removed(false);
        } else if (request.command() == DmCommand.DEV_STATUS) {
            reply.info(empty(record));
        } else {
            return refused;
        }
        return answered(reply, copy, buffer);
    }

    private DmOutcome forward(
            String group, DmRequest request, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        try (SocketTransport server = Groups.connect(registry, group)) {
            return server.run(request.command().nr(), buffer, inputBytes, attachments);
        }
    }

    private DmOutcome rename(
            DmRequest request, MemorySegment copy, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws DmProtocolException, IOException {
        final DmName name = request.name();
        final Optional<DmUuid> uuid = request.has(DmFlags.UUID) ? Optional.of(request.newUuid()) : Optional.empty();
        final DmName newName = uuid.isPresent() ? name : request.newName();
        registry.rename(name, newName, uuid);
        final DeviceRecord record = registry.find(DmId.of(newName)).orElseThrow();
        if (Groups.isServed(registry, record)) {
            return forward(record.group().get(), request, buffer, inputBytes, attachments);
        }
        final DmReplyWriter reply = new DmReplyWriter(request).info(empty(record));
        return answered(reply, copy, buffer);
    }

    @Override
    public void close() {}
}
