package io.dmctl.lab.parity;

import io.dmctl.backend.client.Engine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// T3 and T4: one engine writes, the other opens the same disks, finds every byte, and writes on; back and forth.
final class FormatParity implements Proof.Prover {
    private static final int ROUNDS = 2;

    private final Proof proof;
    private final Engine first;

    /// @param first who writes first
    FormatParity(Proof proof, Engine first) {
        this.proof = proof;
        this.first = first;
    }

    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        final Differences differences = new Differences(row, proof, bench.seed());
        final Map<Engine, Side> sides = bench.shared(row);
        final int tables = row.formatTables(of(sides, first).disks()).size();
        final int rounds = bench.rounds() == 1 ? ROUNDS : bench.rounds();
        for (int t = 0; t < tables && differences.isEmpty(); t++) {
            bench.fill(row);
            try (Arena arena = Arena.ofShared()) {
                Map<String, MemorySegment> left = Map.of();
                // The last one only reads.
                for (int i = 0; i <= 2 * rounds && differences.isEmpty(); i++) {
                    final Side side = of(sides, i % 2 == 0 ? first : other(first));
                    final String table = row.formatTables(side.disks()).get(t);
                    side.create(row, table);
                    final String what = side.named(table) + ": round " + i + ", " + side.engine();
                    row.setupMessages().forEach(m -> side.message(Side.MAIN, 0, m));
                    left = turn(bench, row, side, what, i, left, i < 2 * rounds, arena, differences);
                    side.removeAll();
                    row.checkClosed(side.disks());
                }
            }
        }
        System.out.println(row.target() + " " + proof + ": seed " + bench.seed() + ", " + tables + " tables, " + rounds
                + " rounds");
        differences.require();
    }

    private static Side of(Map<Engine, Side> sides, Engine engine) {
        return Objects.requireNonNull(sides.get(engine));
    }

    private static Engine other(Engine engine) {
        return engine == Engine.KERNEL ? Engine.JAVA : Engine.KERNEL;
    }

    /// Compares what is there with what the other engine left, writes, and answers what is there then.
    private static Map<String, MemorySegment> turn(
            Bench bench,
            ParityRow row,
            Side side,
            String what,
            int round,
            Map<String, MemorySegment> left,
            boolean writes,
            Arena arena,
            Differences differences)
            throws IOException, InterruptedException {
        final List<String> devices = new ArrayList<>(List.of(Side.MAIN));
        row.companions(side.disks()).stream().filter(Companion::underIo).forEach(c -> devices.add(c.name()));
        final Map<String, MemorySegment> content = new LinkedHashMap<>();
        try (OpRunner runner = new OpRunner(side, devices, row.ops())) {
            final Map<String, Long> sectors = new LinkedHashMap<>();
            for (String device : devices) {
                final BlockIo io = runner.device(device);
                final MemorySegment now = Contents.read(io, arena);
                sectors.put(device, now.byteSize() >> BlockIo.SECTOR_SHIFT);
                final MemorySegment before = left.get(device);
                if (before != null && before.mismatch(now) >= 0) {
                    differences.add(
                            what,
                            device + ": other bytes than the other engine left, from sector "
                                    + (before.mismatch(now) >> BlockIo.SECTOR_SHIFT));
                }
            }
            if (writes) {
                final OpScript script =
                        new OpScript(row.ops(), bench.random(row, "format" + what.hashCode() + round), sectors);
                for (int done = 0; done < row.ops().count() / 2; ) {
                    final List<Op> batch = script.batch();
                    runner.start(batch);
                    runner.await();
                    for (int i = 0; i < batch.size(); i++) {
                        // A discard is a hint, and need not be offered.
                        if (runner.result(i) < 0 && batch.get(i).kind() != Op.Kind.DISCARD) {
                            differences.add(what, batch.get(i) + ": " + runner.result(i));
                        }
                    }
                    done += batch.size();
                }
            }
            for (String device : devices) {
                content.put(device, Contents.read(runner.device(device), arena));
            }
        }
        return content;
    }
}
