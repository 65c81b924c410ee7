package io.dmctl.backend.watch;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.TargetIo;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatsArea;
import io.dmctl.bindings.control.DmStatsMessage;
import io.dmctl.bindings.control.DmStatsSpec;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Counts the I/O of devices: of the kernel's with a statistics region of its own over each, which [#close]
/// deletes; of ours that are ublk devices by what the block layer has counted, which has times in milliseconds, of the
/// others by what their targets have.
///
/// Thread rule: one thread at a time; [#close] from any.
///
/// @kernel Documentation/admin-guide/device-mapper/statistics.rst
public final class DeviceStats implements AutoCloseable {
    private static final String PROGRAM = "dmctl-top";
    private static final String UBLK = "/dev/ublkb";
    private static final long NS_PER_MS = 1_000_000;

    private final Engines engines;
    private final Predicate<DmName> wanted;
    private final Map<DmName, Long> regions = new HashMap<>();

    /// `engines` stay the caller's. Counting of a device begins with the first sample that sees it.
    public DeviceStats(Engines engines, Predicate<DmName> wanted) {
        this.engines = engines;
        this.wanted = wanted;
    }

    /// All wanted devices that there are now.
    public synchronized List<IoSample> sample() throws IOException, DmException {
        final List<IoSample> samples = new ArrayList<>();
        if (Engines.kernelAvailability().available()) {
            final DmControl kernel = engines.control(Engine.KERNEL);
            for (DmName name : names(kernel)) {
                kernelSample(kernel, name, samples);
            }
        }
        for (DmName name : names(engines.control(Engine.JAVA))) {
            final Optional<IoSample> timed = blockLayer(name);
            samples.add(timed.isPresent() ? timed.get() : ours(name, engines.targetIo(name)));
        }
        return samples;
    }

    /// Of a ublk device of ours.
    ///
    /// @kernel Documentation/block/stat.rst
    private Optional<IoSample> blockLayer(DmName name) throws IOException {
        final String address = engines.registry()
                .find(DmId.of(name))
                .flatMap(DeviceRecord::address)
                .orElse("");
        if (!address.startsWith(UBLK)) {
            return Optional.empty();
        }
        final Path stat = Path.of("/sys/block", address.substring("/dev/".length()), "stat");
        final String[] w;
        try {
            w = Files.readString(stat).strip().split("\\s+", -1);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // its server has died
        }
        return Optional.of(new IoSample(
                Engine.JAVA,
                name,
                System.nanoTime(),
                true,
                Long.parseLong(w[0]),
                Long.parseLong(w[2]),
                Long.parseLong(w[3]) * NS_PER_MS,
                Long.parseLong(w[4]),
                Long.parseLong(w[6]),
                Long.parseLong(w[7]) * NS_PER_MS,
                Long.parseLong(w[8])));
    }

    private List<DmName> names(DmControl control) throws DmException {
        return control.run(new DmTask.ListDevices(false)).stream()
                .map(DmListedDevice::name)
                .filter(wanted)
                .toList();
    }

    private static IoSample ours(DmName name, List<TargetIo> targets) {
        return new IoSample(
                Engine.JAVA,
                name,
                System.nanoTime(),
                false,
                targets.stream().mapToLong(TargetIo::readBios).sum(),
                targets.stream().mapToLong(TargetIo::readSectors).sum(),
                0,
                targets.stream().mapToLong(TargetIo::writeBios).sum(),
                targets.stream().mapToLong(TargetIo::writeSectors).sum(),
                0,
                0);
    }

    private void kernelSample(DmControl kernel, DmName name, List<IoSample> to) throws DmException {
        try {
            Long region = regions.get(name);
            if (region == null) {
                final DmStatsSpec all = DmStatsSpec.wholeDevice(true, PROGRAM);
                region = Long.parseLong(message(kernel, name, DmStatsMessage.create(all)));
                regions.put(name, region);
            }
            to.add(sample(name, message(kernel, name, DmStatsMessage.print(region))));
        } catch (DmException e) {
            // Gone since the list, or another device of that name, or a table that counts nothing (no bios).
            if (e.errno() != Errno.ENXIO && e.errno() != Errno.ENOENT && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            regions.remove(name);
        }
    }

    private static String message(DmControl kernel, DmName name, String words) throws DmException {
        return kernel.run(new DmTask.TargetMessage(DmId.of(name), 0, words))
                .orElse("")
                .strip();
    }

    /// `answer` is about one area, which counts in nanoseconds.
    private static IoSample sample(DmName name, String answer) {
        final DmStatsArea area = DmStatsArea.parse(answer, 1).getFirst();
        return new IoSample(
                Engine.KERNEL,
                name,
                System.nanoTime(),
                true,
                area.reads(),
                area.readSectors(),
                area.readNs(),
                area.writes(),
                area.writeSectors(),
                area.writeNs(),
                area.inFlight());
    }

    /// Deletes the regions; what cannot be deleted went with its device.
    @Override
    public synchronized void close() {
        regions.forEach(this::delete);
        regions.clear();
    }

    private void delete(DmName name, long region) {
        try {
            message(engines.control(Engine.KERNEL), name, DmStatsMessage.delete(region));
        } catch (DmException | IOException e) {
            return; // it went with its device
        }
    }
}
