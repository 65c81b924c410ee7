package io.dmctl.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Random operations in batches: those of one batch touch disjoint units and may be in flight together.
final class OpScript {
    private static final Op.Kind[] KINDS = Op.Kind.values();

    private final OpMix mix;
    private final Random random;
    private final List<String> devices;
    private final Map<String, Long> sectors;

    /// @param sectors of each device
    OpScript(OpMix mix, Random random, Map<String, Long> sectors) {
        this.mix = mix;
        this.random = random;
        this.devices = List.copyOf(sectors.keySet().stream().sorted().toList());
        this.sectors = sectors;
    }

    List<Op> batch() {
        final int size = 1 + random.nextInt(mix.parallel());
        final List<Op> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            final Op op = op();
            if (batch.stream().noneMatch(other -> overlaps(op, other))) {
                batch.add(op);
            }
        }
        return batch;
    }

    private Op op() {
        final String device = devices.get(random.nextInt(devices.size()));
        final Op.Kind kind = kind();
        if (kind == Op.Kind.FLUSH) {
            return new Op(kind, device, 0, 0, 0);
        }
        final long end = sectors.getOrDefault(device, 0L) / mix.alignSectors();
        final long longest = Math.min(end, mix.maxSectors() / mix.alignSectors());
        // As many short ones as long ones: a length of each power of two is as likely as of the next.
        final int bits = 64 - Long.numberOfLeadingZeros(longest);
        final long most = Math.min(longest, 1L << random.nextInt(bits + 1));
        final long units = 1 + random.nextLong(most);
        final long at = random.nextLong(end - units + 1);
        return new Op(
                kind,
                device,
                at * mix.alignSectors(),
                Math.toIntExact(units * mix.alignSectors()),
                random.nextLong() | 1);
    }

    private Op.Kind kind() {
        final int[] weights = {
            mix.reads(), mix.writes(), mix.fuaWrites(), mix.discards(), mix.writeZeroes(), mix.flushes()
        };
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        int at = random.nextInt(sum);
        for (int i = 0; i < weights.length; i++) {
            at -= weights[i];
            if (at < 0) {
                return KINDS[i];
            }
        }
        throw new AssertionError("unreachable");
    }

    private boolean overlaps(Op a, Op b) {
        if (a.sectors() == 0 || b.sectors() == 0) {
            return false;
        }
        // Two devices of a row may share what is below them.
        final long unit = mix.unitSectors();
        return a.sector() / unit <= (b.sector() + b.sectors() - 1) / unit
                && b.sector() / unit <= (a.sector() + a.sectors() - 1) / unit;
    }
}
