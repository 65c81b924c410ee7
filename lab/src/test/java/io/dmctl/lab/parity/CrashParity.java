package io.dmctl.lab.parity;

import io.dmctl.bindings.sys.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// T5: our engine works above the kernel's log-writes. From its log, disks are made as a crash at any point may leave
/// them, and the kernel's target opens them: what was flushed is there, and nothing is that nobody wrote.
///
/// All disks are pieces of one recorded disk, so that the log has one order for all of them.
final class CrashParity implements Proof.Prover {
    private static final int POINTS = 6;

    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        final Differences differences = new Differences(row, Proof.T5, bench.seed());
        try (Arena arena = Arena.ofShared()) {
            bench.fill(row);
            final Recorded recorded = record(bench, row, differences, arena);
            bench.clear();
            final WriteLog log;
            try (BlockIo spare = BlockIo.openReadOnly(Bench.SPARE_DISK)) {
                log = WriteLog.read(spare, arena);
            }
            final Side kernel = bench.kernel(row);
            final Random random = bench.random(row, "T5 points");
            final int points = POINTS * bench.rounds();
            for (int i = 0; i < points && differences.isEmpty(); i++) {
                crash(
                        row,
                        kernel,
                        recorded,
                        log,
                        i == 0 ? log.size() : random.nextInt(log.size() + 1),
                        random,
                        differences);
            }
            System.out.println(row.target() + " T5: seed " + bench.seed() + ", " + log.size() + " writes logged, "
                    + log.marks(log.size()) + " flushes, " + points + " crashes");
        }
        differences.require();
    }

    /// @param image of the whole disk at the beginning
    private record Recorded(String table, MemorySegment image, Map<String, CrashModel> models) {}

    private static Recorded record(Bench bench, ParityRow row, Differences differences, Arena arena) throws Exception {
        final Side ours = bench.recorded(row);
        row.prepare(ours.disks());
        final MemorySegment image;
        try (BlockIo disk = BlockIo.openReadOnly(Bench.OUR_DISK)) {
            image = Contents.read(disk, Bench.wholeBytes(row), arena);
        }
        final String table = row.crashTable(ours.disks());
        ours.create(row, table);
        row.setupMessages().forEach(m -> ours.message(Side.MAIN, 0, m));
        final List<String> devices = new ArrayList<>(List.of(Side.MAIN));
        row.companions(ours.disks()).stream().filter(Companion::underIo).forEach(c -> devices.add(c.name()));
        final Map<String, CrashModel> models = new LinkedHashMap<>();
        final OpMix mix = row.crashOps();
        try (OpRunner runner = new OpRunner(ours, devices, mix)) {
            final Map<String, Long> sectors = new LinkedHashMap<>();
            for (String device : devices) {
                final MemorySegment content = Contents.read(runner.device(device), arena);
                sectors.put(device, content.byteSize() >> BlockIo.SECTOR_SHIFT);
                models.put(device, new CrashModel(content));
            }
            final OpScript script = new OpScript(mix, bench.random(row, "T5"), sectors);
            for (int done = 0; done < mix.count(); done++) {
                final Op op = script.batch().getFirst();
                if (op.kind() == Op.Kind.WRITE_FUA) {
                    // The recorder writes a FUA write down at once and other writes at the next flush: an older write
                    // to the same sectors would come after it in the log.
                    flush(bench, runner, models);
                }
                // Known before it is done: what a crash leaves may have it.
                models.getOrDefault(op.device(), new CrashModel(MemorySegment.NULL))
                        .add(op);
                run(runner, op, differences);
                if (op.kind() == Op.Kind.FLUSH) {
                    flush(bench, runner, models);
                }
            }
        }
        return new Recorded(ours.named(table), image, models);
    }

    private static void run(OpRunner runner, Op op, Differences differences) throws InterruptedException {
        runner.start(List.of(op));
        runner.await();
        if (runner.result(0) < 0) {
            differences.add("while recorded", op + ": " + runner.result(0));
        }
    }

    /// All devices are flushed, and the log tells where.
    private static void flush(Bench bench, OpRunner runner, Map<String, CrashModel> models) throws Exception {
        for (String device : models.keySet()) {
            runner.start(List.of(new Op(Op.Kind.FLUSH, device, 0, 0, 0)));
            runner.await();
        }
        models.values().forEach(CrashModel::flushed);
        bench.mark("flushed");
    }

    private static void crash(
            ParityRow row,
            Side kernel,
            Recorded recorded,
            WriteLog log,
            int prefix,
            Random random,
            Differences differences)
            throws Exception {
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment image = arena.allocate(recorded.image().byteSize(), 4096);
            image.copyFrom(recorded.image());
            log.materialise(image, prefix, random);
            write(image);
            row.checkCrashed(kernel.disks());
            kernel.create(row, row.crashTable(kernel.disks()));
            row.setupMessages().forEach(m -> kernel.message(Side.MAIN, 0, m));
            final int flushes = log.marks(prefix);
            for (Map.Entry<String, CrashModel> model : recorded.models().entrySet()) {
                try (BlockIo device = BlockIo.openReadOnly(kernel.path(model.getKey()))) {
                    final long wrong = model.getValue().firstWrong(Contents.read(device, arena), flushes, arena);
                    if (wrong >= 0) {
                        differences.add(
                                recorded.table(),
                                "crash after " + prefix + " of " + log.size() + " writes, " + flushes + " flushes: "
                                        + model.getKey() + ": sector " + wrong
                                        + " is neither what was flushed nor what was written later");
                    }
                }
            }
            kernel.removeAll();
        }
    }

    private static void write(MemorySegment image) throws ErrnoException {
        try (BlockIo disk = BlockIo.open(Bench.KERNELS_DISK)) {
            Contents.write(disk, image);
        }
    }
}
