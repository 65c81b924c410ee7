package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Which devices of the Java engine there are, on this host, for this user: a file a name, a file a uuid, a folder a
/// group.
///
/// `names/NAME` holds the record, `uuids/UUID` the name; file names are escaped. Every change is under one flock, which
/// is
/// never held over a constructor or a drain; a reader needs none, because records are replaced whole.
public final class Registry {
    private final Path root;

    private Registry(Path root) {
        this.root = root;
    }

    /// `$DMCTL_RUN_DIR`, or for root /run/dmctl, for others $XDG_RUNTIME_DIR/dmctl, else a private folder under the
    /// temporary directory.
    public static Registry system() {
        final String chosen = System.getenv("DMCTL_RUN_DIR");
        if (chosen != null && !chosen.isEmpty()) {
            return at(Path.of(chosen));
        }
        if ("root".equals(System.getProperty("user.name"))) {
            return at(Path.of("/run/dmctl"));
        }
        final String runtime = System.getenv("XDG_RUNTIME_DIR");
        return at(
                runtime != null && !runtime.isEmpty()
                        ? Path.of(runtime, "dmctl")
                        : Path.of(System.getProperty("java.io.tmpdir"), "dmctl-" + System.getProperty("user.name")));
    }

    public static Registry at(Path root) {
        return new Registry(root);
    }

    Path root() {
        return root;
    }

    /// The folder of all groups' folders.
    Path groupsDir() {
        return root.resolve("groups");
    }

    public Path groupDir(String group) {
        return groupsDir().resolve(group);
    }

    // ---- reading ----

    /// The record of a device; a device number finds nothing: ours have none of dm's.
    public Optional<DeviceRecord> find(DmId id) throws IOException {
        checkOwner();
        // Not a switch over patterns: its bootstrap is in no class archive.
        if (id instanceof DmId.ByName n) {
            return read(nameFile(n.name()));
        }
        return id instanceof DmId.ByUuid u ? byUuid(u.uuid()) : Optional.empty();
    }

    private Optional<DeviceRecord> byUuid(DmUuid uuid) throws IOException {
        try {
            return read(nameFile(DmName.of(Files.readString(uuidFile(uuid)))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// All records, in the order of their names.
    public List<DeviceRecord> all() throws IOException {
        checkOwner();
        final List<DeviceRecord> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("names"), "[!~]*")) {
            for (Path file : files) {
                read(file).ifPresent(all::add);
            }
        } catch (NoSuchFileException e) {
            return all;
        }
        all.sort((a, b) -> a.name().compareTo(b.name()));
        return all;
    }

    private static Optional<DeviceRecord> read(Path file) throws IOException {
        try {
            return Optional.of(RecordFile.read(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    // ---- changing ----

    /// Something done under the registry's lock.
    @FunctionalInterface
    public interface Change<R extends @Nullable Object> {
        R run() throws IOException;
    }

    /// Runs `change` while nobody else changes the registry. Not to be held over anything that waits for I/O.
    public <R extends @Nullable Object> R locked(Change<R> change) throws IOException {
        makeFolders();
        try (Fd lock = Fd.open(root.resolve("lock").toString(), OpenFlags.RDWR | OpenFlags.CREAT)) {
            FileLocks.flock(lock.number());
            return change.run();
        }
    }

    /// A folder of somebody else's, below a temporary folder that all may write to, is not believed.
    private void checkOwner() throws IOException {
        try {
            final Object owner = Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            final Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!owner.equals(self)) {
                throw new IOException("registry: " + root + ": belongs to user " + owner + ", this process is of "
                        + self + ": remove it, or set DMCTL_RUN_DIR to a folder of your own");
            }
        } catch (NoSuchFileException e) {
            // There is none yet: it is made when something is created.
        }
    }

    private void makeFolders() throws IOException {
        checkOwner();
        if (!Files.isDirectory(root.resolve("groups"))) {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectories(root.resolve("names"));
            Files.createDirectories(root.resolve("uuids"));
            Files.createDirectories(root.resolve("groups"));
        }
    }

    /// Reserves a name and a uuid.
    ///
    /// @throws ErrnoException EBUSY when either is taken
    void create(DmName name, Optional<DmUuid> uuid) throws IOException {
        this.<@Nullable Void>locked(() -> {
            if (Files.exists(nameFile(name))) {
                throw new ErrnoException("create", name.toString(), Errno.EBUSY);
            }
            if (uuid.isPresent() && Files.exists(uuidFile(uuid.get()))) {
                throw new ErrnoException("create", uuid.get().toString(), Errno.EBUSY);
            }
            write(DeviceRecord.of(name, uuid));
            return null;
        });
    }

    /// Replaces the record of `name`, if there is one.
    public void update(DmName name, UnaryOperator<DeviceRecord> change) throws IOException {
        this.<@Nullable Void>locked(() -> {
            updateUnderLock(name, change);
            return null;
        });
    }

    /// As [#update], within [#locked].
    void updateUnderLock(DmName name, UnaryOperator<DeviceRecord> change) throws IOException {
        final Optional<DeviceRecord> old = read(nameFile(name));
        if (old.isPresent()) {
            write(change.apply(old.get()));
        }
    }

    /// Forgets a device.
    public void remove(DmName name) throws IOException {
        this.<@Nullable Void>locked(() -> {
            final Optional<DeviceRecord> old = read(nameFile(name));
            if (old.isPresent()) {
                if (old.get().uuid().isPresent()) {
                    Files.deleteIfExists(uuidFile(old.get().uuid().get()));
                }
                Files.deleteIfExists(nameFile(name));
            }
            return null;
        });
    }

    /// Gives a device another name, or its first uuid.
    ///
    /// @throws ErrnoException ENXIO when there is no such device; EBUSY when the new one is taken; EINVAL when
    /// it has a uuid
    void rename(DmName name, DmName newName, Optional<DmUuid> newUuid) throws IOException {
        this.<@Nullable Void>locked(() -> {
            final DeviceRecord old =
                    read(nameFile(name)).orElseThrow(() -> new ErrnoException("rename", name.toString(), Errno.ENXIO));
            if (!newName.equals(name) && Files.exists(nameFile(newName))) {
                throw new ErrnoException("rename", newName.toString(), Errno.EBUSY);
            }
            if (newUuid.isPresent()) {
                if (Files.exists(uuidFile(newUuid.get()))) {
                    throw new ErrnoException("set uuid", newUuid.get().toString(), Errno.EBUSY);
                }
                if (old.uuid().isPresent()) {
                    throw new ErrnoException("set uuid", name + " has one", Errno.EINVAL);
                }
            }
            write(old.named(newName, newUuid.isPresent() ? newUuid : old.uuid()));
            if (!newName.equals(name)) {
                Files.delete(nameFile(name));
            }
            return null;
        });
    }

    private void write(DeviceRecord record) throws IOException {
        RecordFile.write(nameFile(record.name()), record);
        if (record.uuid().isPresent()) {
            Files.writeString(uuidFile(record.uuid().get()), record.name().toString());
        }
    }

    private Path nameFile(DmName name) {
        return root.resolve("names").resolve(fileName(name.bytes()));
    }

    private Path uuidFile(DmUuid uuid) {
        return root.resolve("uuids").resolve(fileName(uuid.bytes()));
    }

    /// Letters, digits and a few marks as they are, every other byte as `%xx`. Never begins with `~`, as a record being
    /// written does.
    private static String fileName(byte[] bytes) {
        final StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            final char c = (char) (b & 0xff);
            if (c < 128
                    && (Character.isLetterOrDigit(c) || "#+-:=@_".indexOf(c) >= 0 || (c == '.' && out.length() > 0))) {
                out.append(c);
            } else {
                out.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
        return out.toString();
    }
}
