package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.BlockDevices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// T2: the same random operations over the same bytes; every result, every byte read, every byte below, and the status
/// afterwards are the same.
final class MapParity implements Proof.Prover {
    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        final Differences differences = new Differences(row, Proof.T2, bench.seed());
        final Side kernel = bench.kernel(row);
        final Side ours = bench.ours(row);
        final List<String> tables = row.mapTables(kernel.disks());
        for (int i = 0; i < tables.size() && differences.isEmpty(); i++) {
            bench.fill(row);
            kernel.create(row, tables.get(i));
            ours.create(row, row.mapTables(ours.disks()).get(i));
            final Compared run = new Compared(bench, row, kernel, ours, kernel.named(tables.get(i)), differences);
            run.work(bench.random(row, "T2" + i));
            kernel.removeAll();
            ours.removeAll();
            if (row.sameBytesBelow()) {
                differences.addAll(run.table, bench.differencesBelow(row));
            }
        }
        System.out.println(row.target() + " T2: seed " + bench.seed() + ", " + tables.size() + " tables");
        differences.require();
    }

    /// One table's work.
    private record Compared(Bench bench, ParityRow row, Side kernel, Side ours, String table, Differences differences) {

        void work(Random random) throws IOException, InterruptedException {
            for (String message : row.setupMessages()) {
                message(message);
            }
            final List<String> devices = new ArrayList<>(List.of(Side.MAIN));
            row.companions(kernel.disks()).stream().filter(Companion::underIo).forEach(c -> devices.add(c.name()));
            try (OpRunner theirs = new OpRunner(kernel, devices, row.ops());
                    OpRunner own = new OpRunner(ours, devices, row.ops())) {
                final Map<String, Long> sectors = new LinkedHashMap<>();
                for (String device : devices) {
                    final long bytes =
                            BlockDevices.sizeBytes(theirs.device(device).fd());
                    differences.same(
                            table + ": size of " + device,
                            bytes,
                            BlockDevices.sizeBytes(own.device(device).fd()));
                    sectors.put(device, bytes >> BlockIo.SECTOR_SHIFT);
                }
                operations(random, new OpScript(row.ops(), random, sectors), theirs, own);
                for (String device : devices) {
                    differences.addAll(
                            table,
                            bench.differences(
                                    device,
                                    theirs.device(device),
                                    own.device(device),
                                    0,
                                    sectors.getOrDefault(device, 0L) << BlockIo.SECTOR_SHIFT));
                }
            }
            for (DmTask.TableStatus.Kind kind : List.of(DmTask.TableStatus.Kind.INFO, DmTask.TableStatus.Kind.TABLE)) {
                differences.same(table + ": " + kind, status(kernel, kind), status(ours, kind));
            }
        }

        private void operations(Random random, OpScript script, OpRunner theirs, OpRunner own)
                throws InterruptedException {
            final List<String> messages = row.messages();
            final List<Op> history = new ArrayList<>();
            while (history.size() < row.ops().count() && differences.count() < 8) {
                if (!messages.isEmpty() && random.nextInt(8) == 0) {
                    message(messages.get(random.nextInt(messages.size())));
                }
                final List<Op> batch = script.batch();
                theirs.run(batch);
                own.run(batch);
                for (int i = 0; i < batch.size(); i++) {
                    compare(history, batch.get(i), theirs, own, i);
                }
                history.addAll(batch);
            }
        }

        private void compare(List<Op> history, Op op, OpRunner theirs, OpRunner own, int i) {
            final String what = table + ": operation " + history.size() + ", " + op;
            differences.same(what, theirs.result(i), own.result(i));
            if (op.kind() == Op.Kind.READ && theirs.result(i) == own.result(i)) {
                final long mismatch = theirs.data(i).mismatch(own.data(i));
                if (mismatch >= 0) {
                    final long sector = op.sector() + (mismatch >> BlockIo.SECTOR_SHIFT);
                    differences.add(what, "other bytes at sector " + sector + "; before it: " + last(history, sector));
                }
            }
        }

        /// The operations that changed the sector last.
        private static List<Op> last(List<Op> history, long sector) {
            return history.reversed().stream()
                    .filter(op -> op.changes() && op.sector() <= sector && sector < op.sector() + op.sectors())
                    .limit(3)
                    .toList();
        }

        private void message(String message) {
            differences.same(
                    table + ": message " + message,
                    kernel.message(Side.MAIN, 0, message).withoutReason(),
                    ours.message(Side.MAIN, 0, message).withoutReason());
        }

        private String status(Side side, DmTask.TableStatus.Kind kind) {
            return row.comparable(side.status(Side.MAIN, kind, false).toString());
        }
    }
}
