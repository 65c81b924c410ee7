package io.dmctl.targets.testkit;

import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/// A device with a volatile cache: what is written is lost in a crash until a FLUSH that was submitted after the
/// write's
/// end, or FUA, made it durable. A FLUSH saves no more than that: what ends while it runs stays volatile.
public final class CrashDevice extends RamDevice implements AutoCloseable {
    private static final int SECTOR = 512;

    private final byte[] durable;
    /// The number of the last write that is only volatile; 0 for none.
    private final long[] writtenAt;
    /// The number of the write whose bytes are durable.
    private final long[] durableAt;
    private final Map<CoreBio, List<Saved>> flushes = new HashMap<>();
    private long writes;

    public CrashDevice(String name, long sizeSectors) {
        super(name, sizeSectors);
        durable = new byte[Math.toIntExact(sizeSectors << 9)];
        writtenAt = new long[Math.toIntExact(sizeSectors)];
        durableAt = new long[writtenAt.length];
    }

    /// The power goes: of the sectors that are not durable a random part is kept, as they are or as they were. No I/O
    /// may be pending.
    public void crash(long seed) {
        setContents(afterCrash(seed));
    }

    /// What [#crash] would leave if the power went now; I/O that is pending is lost.
    public byte[] afterCrash(long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final byte[] now = contents();
        final byte[] left = durable.clone();
        for (int s = 0; s < writtenAt.length; s++) {
            if (writtenAt[s] != 0 && random.nextBoolean()) {
                System.arraycopy(now, s * SECTOR, left, s * SECTOR, SECTOR);
            }
        }
        return left;
    }

    /// How many sectors a crash could take back.
    public long volatileSectors() {
        long count = 0;
        for (long at : writtenAt) {
            count += at == 0 ? 0 : 1;
        }
        return count;
    }

    /// Loses all that is not durable.
    @Override
    public void close() {
        setContents(durable);
    }

    /// Sets what is there and durable.
    @Override
    public void setContents(byte[] all) {
        super.setContents(all);
        System.arraycopy(all, 0, durable, 0, all.length);
        Arrays.fill(writtenAt, 0);
    }

    @Override
    void writeNow(long sector, MemorySegment from) {
        super.writeNow(sector, from);
        written(sector, (int) (from.byteSize() >> 9), false);
    }

    @Override
    void flushNow() {
        volatileNow().forEach(this::save);
    }

    @Override
    void submitted(CoreBio bio) {
        if (bio.op() == ReqOp.FLUSH) {
            flushes.put(bio, volatileNow());
        }
    }

    private List<Saved> volatileNow() {
        final List<Saved> saved = new ArrayList<>();
        for (int s = 0; s < writtenAt.length; s++) {
            if (writtenAt[s] != 0) {
                final byte[] bytes = store().asSlice((long) s * SECTOR, SECTOR).toArray(ValueLayout.JAVA_BYTE);
                saved.add(new Saved(s, writtenAt[s], bytes));
            }
        }
        return saved;
    }

    @Override
    int perform(CoreBio bio) {
        final int status = super.perform(bio);
        switch (bio.op()) {
            case READ -> {}
            case FLUSH -> Objects.requireNonNull(flushes.remove(bio)).forEach(this::save);
            case WRITE, DISCARD, WRITE_ZEROES ->
                written(bio.sector(), bio.sectors(), (bio.flags() & BioFlags.FUA) != 0);
        }
        return status;
    }

    private void written(long sector, int sectors, boolean fua) {
        writes++;
        final int first = Math.toIntExact(sector);
        for (int s = first; s < first + sectors; s++) {
            writtenAt[s] = fua ? 0 : writes;
            durableAt[s] = fua ? writes : durableAt[s];
        }
        if (fua) {
            MemorySegment.copy(
                    store(),
                    (long) first * SECTOR,
                    MemorySegment.ofArray(durable),
                    (long) first * SECTOR,
                    (long) sectors * SECTOR);
        }
    }

    private void save(Saved saved) {
        final int s = saved.sector;
        if (durableAt[s] >= saved.writtenAt) {
            return; // a later flush, or a FUA write, went past
        }
        durableAt[s] = saved.writtenAt;
        System.arraycopy(saved.bytes, 0, durable, s * SECTOR, SECTOR);
        if (writtenAt[s] == saved.writtenAt) {
            writtenAt[s] = 0;
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Saved(int sector, long writtenAt, byte[] bytes) {}
}
