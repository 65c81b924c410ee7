package io.dmctl.backend.transport;

import io.dmctl.backend.lower.Claims;
import io.dmctl.backend.lower.RingDevice;
import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.backend.server.RingBlockingIo;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.core.ThreadScheduler;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A group in this process over files of a temporary folder, on real rings.
final class Rig implements AutoCloseable, TableBuilder.Services {
    static final int SECTOR = 512;

    final Path folder;
    final IoGroup group;
    /// What stands before the devices that are opened from now on.
    Function<RingDevice, BlockDevice> below = device -> device;
    private final Claims claims = new Claims(key -> Optional.empty());
    private final TableBuilder builder;
    private final List<QueueAgent> workers = new ArrayList<>();

    Rig() {
        final Availability ring = IoUring.probe();
        Assumptions.assumeTrue(ring.available(), ring.toString());
        folder = temporary();
        group = new IoGroup(new ThreadScheduler(), this::worker);
        builder = new TableBuilder(TargetRegistry.load(), group, this);
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("dmctl-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QueueAgent worker(int index) {
        try {
            final QueueAgent worker = QueueAgent.worker(group, index);
            workers.add(worker);
            return worker;
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }

    MappedDevice device(String name) {
        return group.create(name);
    }

    /// A file of zeros.
    Path file(String name, long sectors) throws IOException {
        final Path file = folder.resolve(name);
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength(sectors * SECTOR);
        }
        return file;
    }

    static TableSpec line(long start, long length, String type, String args) {
        return new TableSpec(start, length, type, args.getBytes(StandardCharsets.UTF_8));
    }

    /// Loads a table and resumes.
    void run(MappedDevice device, TableSpec... lines) throws TableException {
        run(device, false, lines);
    }

    void run(MappedDevice device, boolean readOnly, TableSpec... lines) throws TableException {
        device.load(builder.build(device, List.of(lines), readOnly));
        device.resume(false);
    }

    @Override
    public BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
        try (Fd fd = Fd.open(arg.word(), readOnly ? OpenFlags.RDONLY : OpenFlags.RDWR)) {
            return below.apply(claims.open(fd, readOnly));
        } catch (ErrnoException e) {
            throw new TargetException(e.getMessage(), e.errno(), arg.index());
        }
    }

    @Override
    public void close(BlockDevice device) {
        claims.close(device instanceof FaultyDevice faulty ? faulty.real : (RingDevice) device);
    }

    @Override
    public BlockingIo blockingIo() {
        return new RingBlockingIo();
    }

    @Override
    public <S> S service(Class<S> type) throws TargetException {
        throw TargetException.invalid("not here");
    }

    /// Transports are stopped and devices removed already.
    @Override
    public void close() throws IOException {
        workers.forEach(QueueAgent::close);
        claims.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
