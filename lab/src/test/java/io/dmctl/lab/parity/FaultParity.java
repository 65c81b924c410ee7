package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// T6: disks that fail under both. Each operation ends alike, the events and INFO are the same, and so are the bytes
/// once the disks are well again.
final class FaultParity implements Proof.Prover {
    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        final Differences differences = new Differences(row, Proof.T6, bench.seed());
        final Side kernel = bench.kernel(row);
        final Side ours = bench.ours(row);
        final List<String> tables = row.faultTables(kernel.disks());
        int errors = 0;
        for (int i = 0; i < tables.size() && differences.isEmpty(); i++) {
            for (Fault fault : Fault.values()) {
                bench.fill(row);
                kernel.create(row, tables.get(i));
                ours.create(row, row.faultTables(ours.disks()).get(i));
                final String what = kernel.named(tables.get(i)) + ": " + fault;
                final int disk = fault.ordinal() % row.disks();
                try (Work work = new Work(bench, row, kernel, ours, what, row.faultOps(), differences)) {
                    final int kernelEvents = kernel.info(Side.MAIN).eventNr();
                    final int ourEvents = ours.info(Side.MAIN).eventNr();
                    set(bench, row, disk, kernel, ours, fault);
                    work.operations(
                            bench.random(row, fault.name() + i), row.faultOps().count() * bench.rounds());
                    errors += work.errors();
                    work.compareStatus(Kind.INFO);
                    differences.same(
                            what + ": events",
                            told(kernel.info(Side.MAIN).eventNr() - kernelEvents),
                            told(ours.info(Side.MAIN).eventNr() - ourEvents));
                    set(bench, row, disk, kernel, ours, null);
                    work.compareContent();
                }
                kernel.removeAll();
                ours.removeAll();
                if (row.sameBytesBelow()) {
                    differences.addAll(what, bench.differencesBelow(row));
                }
            }
        }
        System.out.println(row.target() + " T6: seed " + bench.seed() + ", " + tables.size() + " tables, " + errors
                + " operations failed");
        differences.require();
    }

    /// The kernel raises events from work queues, where several become one: their number is a matter of timing.
    private static String told(int events) {
        return events == 0 ? "none" : "some";
    }

    private static void set(Bench bench, ParityRow row, int disk, Side kernel, Side ours, @Nullable Fault fault)
            throws IOException, DmException {
        final long offset = Bench.offset(row, disk);
        final long sectors = row.diskSectors();
        for (Side side : List.of(kernel, ours)) {
            final String whole = side == kernel ? Bench.KERNELS_DISK : Bench.OUR_DISK;
            bench.replacePiece(
                    side.disks().path(disk),
                    fault == null
                            ? "0 " + sectors + " linear " + whole + " " + offset
                            : fault.table(whole, offset, sectors));
        }
    }
}
