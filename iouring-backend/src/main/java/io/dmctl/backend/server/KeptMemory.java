package io.dmctl.backend.server;

import io.dmctl.backend.client.DeviceState;
import io.dmctl.backend.client.TableState;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.spi.TargetException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the targets of one table keep beyond the death of the server: files of the group's folder, for its
/// owner only, mapped shared. A store is kept as soon as it is done, for the pages are the kernel's; the
/// folder is on a tmpfs, so that they are as much memory as any.
///
/// Owned by the table: [#close] unmaps, and deletes the files. Those of a table that is being taken over
/// stay until [#settle], so that a recovery that fails can be tried again.
///
/// Thread rule: one control thread at a time; the memory, any thread.
final class KeptMemory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptMemory.class);
    private static final String PREFIX = "kept.";
    private static final int CHUNK_BYTES = 1 << 16;
    /// Room that is left to what else lies in the folder.
    private static final long RESERVE_BYTES = 1 << 20;

    private final Path groupDir;
    private final long table;
    private final Arena arena = Arena.ofShared();
    private final List<Path> files = new ArrayList<>();
    private boolean settled;

    /// @param table the table's number, of which the group has one; see [#sweep]
    /// @param settled whether the table is new
    KeptMemory(Path groupDir, long table, boolean settled) {
        this.groupDir = groupDir;
        this.table = table;
        this.settled = settled;
    }

    /// Deletes what was kept of other tables than those of `devices`: a server died between two steps.
    /// Answers the largest number of theirs, 0 for none.
    static long sweep(Path groupDir, List<DeviceState> devices) throws IOException {
        final Set<Long> known = devices.stream()
                .flatMap(d -> Stream.concat(d.live().stream(), d.inactive().stream()))
                .map(TableState::number)
                .collect(Collectors.toSet());
        try (DirectoryStream<Path> kept = Files.newDirectoryStream(groupDir, PREFIX + "*")) {
            for (Path file : kept) {
                final String number = file.getFileName().toString().split("\\.", 3)[1];
                if (!known.contains(Long.parseLong(number))) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return known.stream().mapToLong(n -> n).max().orElse(0);
    }

    long table() {
        return table;
    }

    /// As [io.dmctl.targets.core.TableBuilder.Services#survivingState] says.
    MemorySegment get(String name, long bytes) throws TargetException {
        final Path file = groupDir.resolve(PREFIX + table + "." + name);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            files.add(file);
            fill(channel, bytes);
            final MemorySegment memory = channel.map(MapMode.READ_WRITE, 0, bytes, arena);
            memory.load(); // no fault when a request comes
            return memory;
        } catch (IOException e) {
            throw new TargetException(
                    file + ": no room for " + bytes + " bytes of state: " + e.getMessage(), Errno.ENOMEM, -1);
        }
    }

    /// Zeros, not a hole: where there is no room for a page, its first store would be the process's end.
    private void fill(FileChannel channel, long bytes) throws IOException {
        long at = channel.size();
        if (bytes > at && bytes - at > Files.getFileStore(groupDir).getUsableSpace() - RESERVE_BYTES) {
            throw new IOException("No space left on device");
        }
        while (at < bytes) {
            at += channel.write(ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, bytes - at)), at);
        }
    }

    /// The table is this server's: from here on its files go with it.
    void settle() {
        settled = true;
    }

    @Override
    public void close() {
        arena.close();
        if (!settled) {
            return;
        }
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                log.warn("{}: not deleted: {}", file, e.toString());
            }
        }
        files.clear();
    }
}
