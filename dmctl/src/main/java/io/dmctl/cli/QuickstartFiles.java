package io.dmctl.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The files of a quickstart: three sparse disks, and the image of a file system with real files in it. Owns the
/// folder, and deletes it.
final class QuickstartFiles implements AutoCloseable {
    /// Large enough for every table's furthest sector, below 700 thousand.
    private static final long[] DISK_SECTORS = {786432, 819200, 81920};

    private static final long MKFS_SECONDS = 120;

    private final Path dir;
    private final boolean keep;

    QuickstartFiles(Path dir, boolean keep) {
        this.dir = dir;
        this.keep = keep;
    }

    Path disk(int n) {
        return dir.resolve("disk" + n);
    }

    List<Path> disks() {
        return List.of(disk(0), disk(1), disk(2));
    }

    Path image() {
        return dir.resolve("image");
    }

    /// Makes the image; the disks are made new for each table.
    void make(PrintStream out) throws IOException, CommandFailure {
        final Path jdk = Path.of(System.getProperty("java.home"), "lib");
        final Path files = Files.createDirectories(dir.resolve("files"));
        for (String name : new String[] {"modules", "server/libjvm.so"}) {
            final Path file = jdk.resolve(name);
            if (Files.exists(file)) {
                Files.copy(file, files.resolve(file.getFileName()));
            }
        }
        sparse(image(), QuickstartTable.SECTORS);
        run(List.of("mke2fs", "-q", "-F", "-t", "ext4", "-d", files.toString(), image().toString()));
        out.println("An ext4 image of 512 MiB with " + count(files) + " files of the JDK is what goes through.");
    }

    void freshDisks() throws IOException {
        for (int i = 0; i < DISK_SECTORS.length; i++) {
            Files.deleteIfExists(disk(i));
            sparse(disk(i), DISK_SECTORS[i]);
        }
    }

    private static void sparse(Path file, long sectors) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength(sectors << 9);
        }
    }

    private static long count(Path files) throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            return all.count();
        }
    }

    private static void run(List<String> command) throws IOException, CommandFailure {
        final List<String> path = new ArrayList<>(command);
        for (String folder : new String[] {"/sbin", "/usr/sbin"}) {
            if (Files.isExecutable(Path.of(folder, command.getFirst()))) {
                path.set(0, folder + "/" + command.getFirst());
            }
        }
        try {
            final Process process =
                    new ProcessBuilder(path).redirectErrorStream(true).start();
            final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(MKFS_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new CommandFailure(ExitCode.FAILED, command.getFirst() + ": " + text.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNSUPPORTED,
                    command.getFirst() + ": cannot be run: " + e.getMessage(),
                    "it makes the file system image: apt-get install e2fsprogs",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        if (keep) {
            return;
        }
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
