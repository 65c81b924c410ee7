package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An origin device `o` on `org`, snapshots of it, and beside each a plain array of what it holds.
final class SnapshotFixture implements AutoCloseable {
    static final int SECTOR = 512;

    final TestGroup group;
    final int sectors;
    final CrashDevice org;
    final Map<String, CrashDevice> cows = new HashMap<>();
    /// By name, what must be read; the origin first.
    final Map<String, byte[]> model = new LinkedHashMap<>();
    final Map<String, TestDevice> devices = new LinkedHashMap<>();

    SnapshotFixture(TestGroup.Config config, int sectors) throws TableException {
        group = new TestGroup(config);
        this.sectors = sectors;
        org = group.crash("org", sectors);
        final byte[] bytes = random(sectors);
        org.setContents(bytes);
        model.put("o", bytes.clone());
        devices.put("o", group.create("o", "0 " + sectors + " snapshot-origin org"));
    }

    TestDevice dev(String name) {
        return Objects.requireNonNull(devices.get(name), name);
    }

    byte[] image(String name) {
        return Objects.requireNonNull(model.get(name), name);
    }

    byte[] random(int count) {
        final byte[] bytes = new byte[count * SECTOR];
        group.scheduler().random().nextBytes(bytes);
        return bytes;
    }

    int next(int bound) {
        return group.scheduler().random().nextInt(bound);
    }

    /// A COW device whose first sectors are zero and whose rest is anything.
    CrashDevice cow(String name, int cowSectors) {
        final CrashDevice cow = group.crash(name, cowSectors);
        final byte[] bytes = random(cowSectors);
        Arrays.fill(bytes, 0, 8 * SECTOR, (byte) 0);
        cow.setContents(bytes);
        cows.put(name, cow);
        return cow;
    }

    /// The COW device of snapshot `name`.
    CrashDevice cow(String name) {
        return Objects.requireNonNull(cows.get("cow-" + name), name);
    }

    /// No more is asked of device `name`.
    void forget(String name) {
        devices.remove(name);
        model.remove(name);
    }

    static String line(int sectors, String cow, String rest) {
        return "0 " + sectors + " snapshot org " + cow + " " + rest;
    }

    /// A snapshot `name` on a new COW device; `rest` is what follows the devices in its line.
    TestDevice snapshot(String name, int cowSectors, String rest) throws TableException {
        cow("cow-" + name, cowSectors);
        final TestDevice dev = group.create(name, line(sectors, "cow-" + name, rest));
        devices.put(name, dev);
        model.put(name, image("o").clone());
        return dev;
    }

    /// Requests at once, none of which overlaps another of its device.
    void round(int requests) {
        final List<Running> running = new ArrayList<>();
        final Map<String, boolean[]> busy = new HashMap<>();
        final List<String> names = List.copyOf(devices.keySet());
        for (int i = 0; i < requests; i++) {
            final String name = names.get(next(names.size()));
            final int n = 1 + next(next(4) == 0 ? 40 : 8);
            final int at = next(4) == 0 ? Math.min(next(sectors / 8) * 8, sectors - n) : next(sectors - n + 1);
            if (claim(busy.computeIfAbsent(name, k -> new boolean[sectors]), at, n)) {
                running.add(start(name, at, n));
            }
        }
        running.forEach(this::check);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Running(String name, TestIo io, byte[] expected) {}

    private static boolean claim(boolean[] busy, int at, int n) {
        for (int s = at; s < at + n; s++) {
            if (busy[s]) {
                return false;
            }
        }
        Arrays.fill(busy, at, at + n, true);
        return true;
    }

    private Running start(String name, int at, int n) {
        final TestDevice dev = dev(name);
        final byte[] image = image(name);
        return switch (next(5)) {
            case 0, 1 -> {
                final byte[] bytes = random(n);
                System.arraycopy(bytes, 0, image, at * SECTOR, bytes.length);
                final int flags = next(4) == 0 ? BioFlags.FUA : 0;
                yield new Running(name, dev.start(ReqOp.WRITE, flags, at, n, bytes), bytes);
            }
            case 2 -> {
                if (next(3) == 0) {
                    Arrays.fill(image, at * SECTOR, (at + n) * SECTOR, (byte) 0);
                    yield new Running(name, dev.start(ReqOp.WRITE_ZEROES, 0, at, n, new byte[0]), new byte[0]);
                }
                yield new Running(name, dev.start(ReqOp.FLUSH, 0, 0, 0, new byte[0]), new byte[0]);
            }
            default ->
                new Running(name, dev.startRead(at, n), Arrays.copyOfRange(image, at * SECTOR, (at + n) * SECTOR));
        };
    }

    private void check(Running r) {
        assertEquals(0, dev(r.name).await(r.io), r.name + ": " + r.io);
        ContractFixture.compare(r.name + ": " + r.io, r.expected, r.io.buffer());
    }

    /// Every device holds what the model has.
    void compareAll() {
        devices.forEach((name, dev) -> ContractFixture.compare(name, image(name), dev.read(0, sectors)));
    }

    @Override
    public void close() {
        group.close();
    }
}
