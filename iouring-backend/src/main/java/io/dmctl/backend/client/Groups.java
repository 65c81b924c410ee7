package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkControl;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// The groups of the registry: which are alive, and what a dead one leaves behind.
final class Groups {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    private static final long START_BOUND_NS = 30_000_000_000L;
    private static final long LOOK_EVERY_NS = 10_000_000L;

    private Groups() {}

    /// A server holds a flock while it lives; a pid would be another process's one day.
    static boolean isAlive(Registry registry, String group) throws IOException {
        final Path lock = registry.groupDir(group).resolve("lock");
        try (Fd fd = Fd.open(lock.toString(), OpenFlags.RDWR)) {
            return !FileLocks.tryFlock(fd.number());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /// Has the device a group, whose server lives?
    static boolean isServed(Registry registry, DeviceRecord record) throws IOException {
        return record.group().isPresent() && isAlive(registry, record.group().get());
    }

    /// The way to a server. One that is alive and has no socket yet is starting, maybe for a client that died: it is
    /// waited for.
    static SocketTransport connect(Registry registry, String group) throws IOException {
        final String path = registry.groupDir(group).resolve("s").toString();
        final long end = System.nanoTime() + START_BOUND_NS;
        while (true) {
            try {
                return SocketTransport.connect(path);
            } catch (ErrnoException e) {
                final boolean mayCome = e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED;
                if (!mayCome || System.nanoTime() > end || !isAlive(registry, group)) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_EVERY_NS);
            }
        }
    }

    /// Does the group's server answer? One that was killed holds its lock until the last of its I/O is done: that is
    /// waited for.
    static boolean answers(Registry registry, String group) throws IOException {
        try {
            connect(registry, group).close();
            return true;
        } catch (ErrnoException e) {
            if (isAlive(registry, group)) {
                throw e;
            }
            return false;
        }
    }

    /// Gives a device a new group: of that name, or the lowest free number for an empty one. The record has it before
    /// there is a folder or a server, so that both are found also when this process dies.
    static String make(Registry registry, DmName device, String wanted) throws IOException {
        if (!wanted.isEmpty() && !NAME.matcher(wanted).matches()) {
            throw new ErrnoException(
                    "group", "'" + wanted + "' must have 1 to 32 letters, digits, '-' and '_'", Errno.EINVAL);
        }
        return registry.locked(() -> {
            String group = wanted;
            for (int n = 0; group.isEmpty(); n++) {
                if (!Files.exists(registry.groupDir(Integer.toString(n)))) {
                    group = Integer.toString(n);
                }
            }
            final Optional<String> made = Optional.of(group);
            registry.updateUnderLock(device, r -> r.servedBy(made));
            Files.createDirectories(registry.groupDir(group));
            return group;
        });
    }

    /// A group that serves no device keeps neither its server nor its folder.
    static void endIfEmpty(Registry registry, String group) throws IOException {
        if (isAlive(registry, group)) {
            askToEnd(registry, group);
        } else {
            delete(registry, group);
        }
    }

    /// As [#endIfEmpty] where there is a server; else nothing, so that what it wrote down stays.
    static void askToEnd(Registry registry, String group) throws IOException {
        try (SocketTransport server = connect(registry, group);
                Frame reply = server.run(ServerProtocol.END_IF_EMPTY, MemorySegment.NULL, DmAttachments.NONE)) {
            if (reply.outcome().errno() != 0) {
                throw new ErrnoException("end group", group, reply.outcome().errno());
            }
        } catch (ErrnoException e) {
            // It has ended by itself, which is what is wanted: before the connection, or with the request unread.
            switch (e.errno()) {
                case Errno.ENOENT, Errno.ECONNREFUSED, Errno.ECONNRESET, Errno.EPIPE -> {}
                default -> throw e;
            }
        }
    }

    /// Deletes the folder of a group that has no server.
    static void delete(Registry registry, String group) throws IOException {
        final Path dir = registry.groupDir(group);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(dir);
    }

    /// Takes away what is left of a device without a server: its ublk device, its link, its record, and the folder of
    /// its group once no
    /// record names it.
    static void cleanUp(Registry registry, DeviceRecord record) throws IOException {
        if (record.ublkId() >= 0) {
            deleteUblk(record.ublkId());
            DmNodes.system().removeLink(record.name(), "../ublkb" + record.ublkId());
        }
        registry.remove(record.name());
        if (record.group().isPresent()) {
            final String group = record.group().get();
            for (DeviceRecord other : registry.all()) {
                if (other.group().equals(record.group())) {
                    return;
                }
            }
            delete(registry, group);
        }
    }

    private static void deleteUblk(int id) throws ErrnoException {
        try (UblkControl control = UblkControl.open()) {
            control.delete(id);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }
}
