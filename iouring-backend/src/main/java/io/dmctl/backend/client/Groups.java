package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.SocketTransport;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkControl;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The groups of the registry: which are alive, and what a dead one leaves behind.
final class Groups {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

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

    static SocketTransport connect(Registry registry, String group) throws ErrnoException {
        return SocketTransport.connect(registry.groupDir(group).resolve("s").toString());
    }

    /// Makes the folder of a new group: of that name, or the lowest free number for an empty one.
    static String make(Registry registry, String wanted) throws IOException {
        if (!wanted.isEmpty() && !NAME.matcher(wanted).matches()) {
            throw new ErrnoException(
                    "group", "'" + wanted + "' must have 1 to 32 letters, digits, '-' and '_'", Errno.EINVAL);
        }
        return registry.locked(() -> {
            if (!wanted.isEmpty()) {
                Files.createDirectories(registry.groupDir(wanted));
                return wanted;
            }
            int n = 0;
            while (Files.exists(registry.groupDir(Integer.toString(n)))) {
                n++;
            }
            Files.createDirectory(registry.groupDir(Integer.toString(n)));
            return Integer.toString(n);
        });
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
