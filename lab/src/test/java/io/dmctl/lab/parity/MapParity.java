package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.util.List;

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
            final String what = kernel.named(tables.get(i));
            try (Work work = new Work(bench, row, kernel, ours, what, row.ops(), differences)) {
                work.setUp();
                work.operations(bench.random(row, "T2" + i), row.ops().count() * bench.rounds() / (i == 0 ? 1 : 2));
                work.compareContent();
                work.compareStatus(Kind.INFO);
                work.compareStatus(Kind.TABLE);
            }
            kernel.removeAll();
            ours.removeAll();
            if (row.sameBytesBelow()) {
                differences.addAll(what, bench.differencesBelow(row));
            }
        }
        System.out.println(row.target() + " T2: seed " + bench.seed() + ", " + tables.size() + " tables");
        differences.require();
    }
}
