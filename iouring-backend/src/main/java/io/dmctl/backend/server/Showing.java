package io.dmctl.backend.server;

import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.Registry;
import io.dmctl.backend.queue.IdleStrategy;
import io.dmctl.backend.transport.BlockTransport;
import io.dmctl.backend.transport.EmbeddedOptions;
import io.dmctl.backend.transport.EmbeddedTransport;
import io.dmctl.backend.transport.IoMode;
import io.dmctl.backend.transport.NbdOptions;
import io.dmctl.backend.transport.NbdTransport;
import io.dmctl.backend.transport.RecoveryPolicy;
import io.dmctl.backend.transport.UblkOptions;
import io.dmctl.backend.transport.UblkTransport;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// How this server's devices are shown: chooses the transport, keeps the link in /dev/mapper and the registry's record
/// right.
final class Showing {
    private final Path groupDir;
    private final DmNodes nodes;
    private final AtomicInteger nextSocket = new AtomicInteger();

    Showing(Path groupDir, DmNodes nodes) {
        this.groupDir = groupDir;
        this.nodes = nodes;
    }

    ServedDevice newDevice(IoGroup group, DmName name, LoadRequest how) throws DmProtocolException {
        final MappedDevice md = group.create(name.nodeName(), how.boundedDepth());
        boolean ok = false;
        try {
            final BlockTransport transport = transport(group, md, name, how);
            md.setFront(transport);
            ok = true;
            return new ServedDevice(
                    name, how.uuid(), md, transport, how.options().withTransport(transport.kind()));
        } catch (IllegalArgumentException e) {
            throw new DmProtocolException(Errno.EINVAL, String.valueOf(e.getMessage()));
        } finally {
            if (!ok) {
                group.forget(md);
            }
        }
    }

    private BlockTransport transport(IoGroup group, MappedDevice md, DmName name, LoadRequest how)
            throws DmProtocolException {
        final LoadOptions options = how.options();
        final String wanted = options.transport().equals("auto")
                ? UblkControl.probe().available() ? "ublk" : "nbd"
                : options.transport();
        if (!wanted.equals("ublk")) {
            refuseUblkOptions(wanted, options);
        }
        return switch (wanted) {
            case "ublk" -> {
                final UblkOptions ublk = ublkOptions(how);
                MemoryBudget.requireBuffers(ublk.bufferBytes());
                yield new UblkTransport(group, md, ublk);
            }
            case "nbd" ->
                new NbdTransport(
                        group,
                        md,
                        NbdOptions.at(groupDir.resolve("nbd." + nextSocket.getAndIncrement()))
                                .with(options.queues(), options.depth()),
                        name.unmangled());
            case "embedded" -> new EmbeddedTransport(group, md, EmbeddedOptions.DEFAULT);
            default ->
                throw new DmProtocolException(
                        Errno.EINVAL, "transport must be auto, ublk, nbd or embedded, was " + wanted);
        };
    }

    private static void refuseUblkOptions(String transport, LoadOptions how) throws DmProtocolException {
        final LoadOptions usual = LoadOptions.DEFAULT;
        refuse(!how.ioMode().equals(usual.ioMode()), "--io-mode " + how.ioMode(), transport, "has no I/O modes");
        refuse(!how.idle().equals(usual.idle()), "--idle " + how.idle(), transport, "has threads that block");
        refuse(how.threads() != usual.threads(), "--threads " + how.threads(), transport, "has one thread a queue");
        refuse(!how.shmem().isEmpty(), "--shmem " + how.shmem(), transport, "shares no memory with its users");
    }

    private static void refuse(boolean given, String option, String transport, String reason)
            throws DmProtocolException {
        if (given) {
            throw new DmProtocolException(
                    Errno.EOPNOTSUPP, option + ": transport " + transport + " " + reason + ": use --transport ublk");
        }
    }

    private static UblkOptions ublkOptions(LoadRequest request) {
        final LoadOptions how = request.options();
        return UblkOptions.DEFAULT
                .with(how.queues(), how.depth())
                .with(IoMode.of(how.ioMode()))
                .with(
                        how.threads(),
                        IdleStrategy.of(how.idle()),
                        !how.affinity().equals("none"))
                .withShmem(how.shmem())
                .with(
                        RecoveryPolicy.of(how.recovery()),
                        request.takeover().map(LoadRequest.Takeover::ublkId).orElse(-1));
    }

    /// After a first load: the record leads to this group, even if the client has died since.
    void served(ServedDevice device, Registry registry) throws IOException {
        registry.update(
                device.name, r -> r.servedBy(Optional.of(groupDir.getFileName().toString())));
    }

    /// After a resume: the link leads to the device, the record says where it is.
    void shown(ServedDevice device, Registry registry) throws IOException {
        final Optional<String> address = device.transport.address();
        final Optional<String> target = linkTarget(device, address);
        if (target.isPresent()) {
            nodes.addLink(device.name, target.get());
        }
        registry.update(
                device.name,
                r -> r.shownAs(
                        device.transport.kind(), address, device.transport.ioMode(), device.transport.queueSetup()));
    }

    void renamed(ServedDevice device, DmName old) throws IOException {
        final Optional<String> target = linkTarget(device, device.transport.address());
        if (target.isPresent()) {
            nodes.renameLink(old, device.name, target.get());
        }
    }

    void gone(ServedDevice device, Optional<String> address, Registry registry) throws IOException {
        final Optional<String> target = linkTarget(device, address);
        if (target.isPresent()) {
            nodes.removeLink(device.name, target.get());
        }
        registry.remove(device.name);
    }

    /// `../ublkb0` for /dev/ublkb0; nothing for what is no node, or is of somebody who may make no names there.
    private static Optional<String> linkTarget(ServedDevice device, Optional<String> address) {
        if (device.transport instanceof UblkTransport ublk && ublk.unprivileged()) {
            return Optional.empty();
        }
        return address.filter(a -> a.startsWith("/dev/")).map(a -> "../" + a.substring("/dev/".length()));
    }
}
