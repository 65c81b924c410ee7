package io.dmctl.targets.testkit;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SplittableRandom;

/// A device group in one thread: simulated I/O threads, named lower devices, mapped devices made of table texts.
/// [#close] removes the devices and checks that nothing was lost or left open.
public final class TestGroup implements AutoCloseable {
    private static final int ZERO_SECTORS = 16;

    private final SimScheduler scheduler;
    private final IoGroup group;
    private final List<SimIoThread> threads = new ArrayList<>();
    private final TestServices services = new TestServices();
    private final TableBuilder builder;
    private final List<TestDevice> devices = new ArrayList<>();
    private final SplittableRandom held;

    /// Two I/O threads, ordinary pools, all target types there are and `types`.
    public TestGroup(long seed, TargetType... types) {
        this(new Config(seed), types);
    }

    public TestGroup(Config config, TargetType... types) {
        scheduler = new SimScheduler(config.seed);
        held = new SplittableRandom(config.seed);
        group = new IoGroup(scheduler, this::domainThread, config.poolBios, config.ownBios);
        for (int i = 0; i < config.threads; i++) {
            final SimIoThread thread = scheduler.newThread(group.newThreadIndex(), ZERO_SECTORS);
            group.join(thread);
            threads.add(thread);
        }
        builder = new TableBuilder(registry(List.of(types)), group, services);
    }

    /// How many threads, and bios a device and thread.
    public record Config(long seed, int threads, int poolBios, int ownBios) {
        public Config(long seed) {
            this(seed, 2, IoGroup.POOL_BIOS, IoGroup.OWN_BIOS);
        }
    }

    private static TargetRegistry registry(List<TargetType> more) {
        final List<TargetType> types = new ArrayList<>(more);
        for (TargetType found : ServiceLoader.load(TargetType.class)) {
            if (more.stream().noneMatch(t -> t.name().equals(found.name()))) {
                types.add(found);
            }
        }
        return TargetRegistry.of(types);
    }

    private SimIoThread domainThread(int index) {
        final SimIoThread thread = scheduler.newThread(index, ZERO_SECTORS);
        group.join(thread);
        return thread;
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    /// Are the bytes of the next request out of its targets' sight? Half of all are.
    boolean nextHeld() {
        return held.nextBoolean();
    }

    public IoGroup core() {
        return group;
    }

    /// The threads that take requests; those of domains are not among them.
    public List<SimIoThread> threads() {
        return List.copyOf(threads);
    }

    /// Makes `device` known under its name.
    public <D extends BlockDevice> D add(D device) {
        services.add(device.name(), device);
        return device;
    }

    /// A new device in memory whose I/O ends at random later steps.
    public RamDevice ram(String name, long sizeSectors) {
        final RamDevice device = new RamDevice(name, sizeSectors);
        device.async(scheduler);
        return add(device);
    }

    /// As [#ram], with a volatile cache.
    public CrashDevice crash(String name, long sizeSectors) {
        final CrashDevice device = new CrashDevice(name, sizeSectors);
        device.async(scheduler);
        return add(device);
    }

    /// What [io.dmctl.targets.spi.TargetContext#service] answers for `type`.
    public <S> void offer(Class<S> type, S service) {
        services.offer(type, service);
    }

    public int opens(BlockDevice device) {
        return services.opens(device);
    }

    /// How many devices are open by all tables together.
    public int allOpens() {
        return services.allOpens();
    }

    List<String> takeOpenedWords() {
        return services.takeOpenedWords();
    }

    /// A device without a table; tables name it `/dev/mapper/NAME`.
    public TestDevice create(String name) {
        final MappedDevice md = group.create(name);
        services.add(md.name(), md);
        final TestDevice device = new TestDevice(this, md);
        devices.add(device);
        return device;
    }

    /// A device that runs `table`.
    public TestDevice create(String name, String table) throws TableException {
        final TestDevice device = create(name);
        device.reload(table);
        return device;
    }

    LiveTable build(MappedDevice device, String table) throws TableException {
        return builder.build(device, parse(table), false);
    }

    LiveTable buildReadOnly(MappedDevice device, String table) throws TableException {
        return builder.build(device, parse(table), true);
    }

    /// A table whose targets find the memory that outlives a process as the tables before left it, line by
    /// line.
    LiveTable buildRecovered(MappedDevice device, String table) throws TableException {
        services.recovering(true);
        try {
            return build(device, table);
        } finally {
            services.recovering(false);
        }
    }

    private static List<TableSpec> parse(String table) {
        return table.lines().map(TestGroup::parseLine).toList();
    }

    private static TableSpec parseLine(String line) {
        final String[] words = line.split(" ", 4);
        if (words.length < 3) {
            throw new IllegalArgumentException("table line '" + line + "' must be: start length type arguments");
        }
        final String params = words.length > 3 ? words[3] : "";
        return new TableSpec(
                Long.parseUnsignedLong(words[0]),
                Long.parseUnsignedLong(words[1]),
                words[2],
                params.getBytes(StandardCharsets.UTF_8));
    }

    void removed(TestDevice device) {
        devices.remove(device);
        services.remove(device.core());
    }

    /// Removes the devices that are left, the newest first.
    ///
    /// @throws AssertionError when a request was lost, a bio is not back in its pool, or a device is still open
    @Override
    public void close() {
        for (TestDevice device : List.copyOf(devices).reversed()) {
            device.close();
        }
        if (services.allOpens() != 0) {
            throw new AssertionError(services.allOpens() + " devices are still open (" + scheduler + ")");
        }
    }
}
