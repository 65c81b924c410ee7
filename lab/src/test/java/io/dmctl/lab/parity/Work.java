package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.BlockDevices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The same work on the kernel's device and on ours, side by side, everything compared as it comes.
final class Work implements AutoCloseable {
    /// After so many differences there is nothing to learn from more.
    private static final int ENOUGH = 8;

    private final Bench bench;
    private final ParityRow row;
    private final Side kernel;
    private final Side ours;
    private final String what;
    private final OpMix mix;
    private final Differences differences;
    private final OpRunner theirs;
    private final OpRunner own;
    private final Map<String, Long> sectors = new LinkedHashMap<>();
    private final List<Op> history = new ArrayList<>();
    private List<Op> current = List.of();
    private int errors;

    /// @param what the table, for messages
    Work(Bench bench, ParityRow row, Side kernel, Side ours, String what, OpMix mix, Differences differences)
            throws IOException {
        this.bench = bench;
        this.row = row;
        this.kernel = kernel;
        this.ours = ours;
        this.what = what;
        this.mix = mix;
        this.differences = differences;
        final List<String> devices = new ArrayList<>(List.of(Side.MAIN));
        row.companions(kernel.disks()).stream().filter(Companion::underIo).forEach(c -> devices.add(c.name()));
        theirs = new OpRunner(kernel, devices, mix);
        own = new OpRunner(ours, devices, mix);
        for (String device : devices) {
            final long bytes = BlockDevices.sizeBytes(theirs.device(device).fd());
            differences.same(
                    what + ": size of " + device,
                    bytes,
                    BlockDevices.sizeBytes(own.device(device).fd()));
            sectors.put(device, bytes >> BlockIo.SECTOR_SHIFT);
        }
    }

    void setUp() {
        row.setupMessages().forEach(this::message);
    }

    /// Random operations, the row's messages between them.
    void operations(Random random, int count) throws InterruptedException {
        final OpScript script = new OpScript(mix, random, sectors);
        final List<String> messages = row.messages();
        final int end = history.size() + count;
        while (history.size() < end && differences.count() < ENOUGH) {
            if (!messages.isEmpty() && random.nextInt(8) == 0) {
                message(messages.get(random.nextInt(messages.size())));
            }
            start(script.batch());
            finish();
        }
    }

    /// Begins a batch on both sides; [#finish] waits for it.
    void start(List<Op> batch) {
        current = batch;
        theirs.start(batch);
        own.start(batch);
    }

    void finish() throws InterruptedException {
        theirs.await();
        own.await();
        for (int i = 0; i < current.size(); i++) {
            compare(current.get(i), i);
        }
        history.addAll(current);
    }

    /// Whether nothing of the batch has ended that touches a medium.
    boolean waits() {
        return !theirs.isDone() && !own.isDone();
    }

    private void compare(Op op, int i) {
        final String operation = what + ": operation " + (history.size() + i) + ", " + op;
        if (theirs.result(i) < 0) {
            errors++;
        }
        differences.same(operation, theirs.result(i), own.result(i));
        if (op.kind() == Op.Kind.READ && theirs.result(i) == own.result(i)) {
            final long mismatch = theirs.data(i).mismatch(own.data(i));
            if (mismatch >= 0) {
                final long sector = op.sector() + (mismatch >> BlockIo.SECTOR_SHIFT);
                differences.add(operation, "other bytes at sector " + sector + "; before it: " + last(sector));
            }
        }
    }

    /// The operations that changed the sector last.
    private List<Op> last(long sector) {
        return history.reversed().stream()
                .filter(op -> op.changes() && op.sector() <= sector && sector < op.sector() + op.sectors())
                .limit(3)
                .toList();
    }

    void message(String message) {
        differences.same(
                what + ": message " + message,
                kernel.message(Side.MAIN, 0, message),
                ours.message(Side.MAIN, 0, message));
    }

    void compareStatus(Kind kind) throws Exception {
        differences.sameSoon(what + ": " + kind, () -> status(kernel, kind), () -> status(ours, kind));
    }

    private String status(Side side, Kind kind) {
        return row.comparable(side.status(Side.MAIN, kind, false).toString());
    }

    /// Every byte of every device.
    void compareContent() {
        sectors.forEach((device, size) -> differences.addAll(
                what,
                bench.differences(device, theirs.device(device), own.device(device), 0, size << BlockIo.SECTOR_SHIFT)));
    }

    Map<String, Long> sectors() {
        return sectors;
    }

    /// How many operations failed on the kernel's side.
    int errors() {
        return errors;
    }

    @Override
    public void close() {
        theirs.close();
        own.close();
    }
}
