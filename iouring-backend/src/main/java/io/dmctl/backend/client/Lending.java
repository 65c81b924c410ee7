package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Fd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Borrows a claimed device from another server of ours: two groups may use slices of one disk, which the host sees
/// opened once.
public final class Lending {
    private static final Logger log = LoggerFactory.getLogger(Lending.class);

    private final Registry registry;
    private final String ownGroup;

    public Lending(Registry registry, String ownGroup) {
        this.registry = registry;
        this.ownGroup = ownGroup;
    }

    /// A descriptor of the description that another group holds as `key`; empty when none does.
    public Optional<Fd> borrow(String key) {
        try (DirectoryStream<Path> groups = Files.newDirectoryStream(registry.groupsDir())) {
            for (Path group : groups) {
                final String name = group.getFileName().toString();
                if (!name.equals(ownGroup)) {
                    final Optional<Fd> lent = borrowFrom(name, key);
                    if (lent.isPresent()) {
                        return lent;
                    }
                }
            }
        } catch (IOException e) {
            log.warn("groups cannot be listed: {}", e.getMessage());
        }
        return Optional.empty();
    }

    private Optional<Fd> borrowFrom(String group, String key) {
        try (SocketTransport server = SocketTransport.connect(
                        registry.groupDir(group).resolve("s").toString());
                Arena arena = Arena.ofConfined()) {
            final byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            final MemorySegment body = arena.allocate(bytes.length);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, body, 0, bytes.length);
            try (Frame reply = server.run(ServerProtocol.BORROW, body, DmAttachments.NONE)) {
                final List<DeviceDescriptor> lent = reply.outcome().errno() == 0 ? reply.takeDevices() : List.of();
                return lent.isEmpty()
                        ? Optional.empty()
                        : Optional.of(lent.getFirst().fd());
            }
        } catch (IOException e) {
            log.info("group {} does not answer: {}", group, e.getMessage());
            return Optional.empty();
        }
    }
}
