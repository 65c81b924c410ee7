package io.dmctl.targets.testkit;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A device in memory. It is done at once, or with a scheduler at one of the later steps, in any order. A discard
/// zeroes.
///
/// Thread rule: that of the memory: with real threads, each its own sectors; recording and faults are for one thread.
public class RamDevice implements BlockDevice {
    /// A small disk: 512-byte blocks, volatile cache with FUA, discard, write zeroes.
    public static final QueueLimits DISK = disk();

    static final int EIO = 5;
    static final int EINVAL = 22;
    static final int EOPNOTSUPP = 95;

    private final String name;
    private final MemorySegment store;
    private @Nullable SimScheduler scheduler;
    private QueueLimits limits = DISK;
    private final List<ArmedFault> faults = new ArrayList<>();
    private final List<DeviceOp> ops = new ArrayList<>();
    private boolean recording;
    private @Nullable ReqOp slowOp;
    private int slowTimes;

    /// On the heap, zeroed.
    public RamDevice(String name, long sizeSectors) {
        this(name, MemorySegment.ofArray(new byte[Math.toIntExact(sizeSectors << 9)]));
    }

    /// In memory of the caller's, whole sectors.
    public RamDevice(String name, MemorySegment store) {
        this.name = name;
        this.store = store;
    }

    private static QueueLimits disk() {
        final QueueLimits.Builder b = QueueLimits.STACKING.toBuilder();
        b.maxSectors = 254;
        b.maxDiscardSectors = 1 << 20;
        b.discardGranularity = 512;
        b.maxWriteZeroesSectors = 1 << 20;
        b.volatileCache = true;
        b.fua = true;
        return b.build();
    }

    /// Ends its I/O at later steps of `by` from now on.
    public RamDevice async(SimScheduler by) {
        scheduler = by;
        return this;
    }

    /// Ends its I/O within the submission from now on, as one without a scheduler does.
    public RamDevice atOnce() {
        scheduler = null;
        return this;
    }

    public RamDevice limits(QueueLimits newLimits) {
        limits = newLimits;
        return this;
    }

    /// Each `op` is put off up to `times` times when it could be done: others overtake it.
    public RamDevice slow(ReqOp op, int times) {
        slowOp = op;
        slowTimes = times;
        return this;
    }

    /// A limit of 0 sectors: the device answers EOPNOTSUPP.
    public RamDevice without(ReqOp op) {
        final QueueLimits.Builder b = limits.toBuilder();
        if (op == ReqOp.DISCARD) {
            b.maxDiscardSectors = 0;
            b.discardGranularity = 0;
        } else if (op == ReqOp.WRITE_ZEROES) {
            b.maxWriteZeroesSectors = 0;
        } else {
            throw new IllegalArgumentException("without: " + op + " cannot be taken away");
        }
        limits = b.build();
        return this;
    }

    public void fail(Fault fault) {
        faults.add(new ArmedFault(fault));
    }

    public void heal() {
        faults.clear();
    }

    /// Keeps a list of what arrives from now on.
    public RamDevice record() {
        recording = true;
        ops.clear();
        return this;
    }

    /// What arrived since [#record], in order of arrival.
    public List<DeviceOp> ops() {
        return List.copyOf(ops);
    }

    public long count(ReqOp op) {
        return ops.stream().filter(o -> o.op() == op).count();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeSectors() {
        return store.byteSize() >> 9;
    }

    @Override
    public QueueLimits limits() {
        return limits;
    }

    /// The whole contents, as a read would see them.
    public byte[] contents() {
        return store.toArray(ValueLayout.JAVA_BYTE);
    }

    public void setContents(byte[] all) {
        MemorySegment.copy(all, 0, store, ValueLayout.JAVA_BYTE, 0, all.length);
    }

    MemorySegment store() {
        return store;
    }

    void readNow(long sector, MemorySegment to) {
        MemorySegment.copy(store, sector << 9, to, 0, to.byteSize());
    }

    void writeNow(long sector, MemorySegment from) {
        MemorySegment.copy(from, 0, store, sector << 9, from.byteSize());
    }

    void flushNow() {}

    @Override
    public void submit(CoreBio bio, IoThread thread) {
        if (bio.op().hasData() && !bio.expose()) {
            thread.lowerDone(bio, bio.status());
            return;
        }
        final int refused = refusal(bio);
        submitted(bio);
        final SimScheduler by = scheduler;
        if (by == null) {
            thread.lowerDone(bio, refused != 0 ? -refused : perform(bio));
        } else {
            end(by, putOff(by, bio.op()), () -> thread.lowerDone(bio, refused != 0 ? -refused : perform(bio)));
        }
    }

    private int putOff(SimScheduler by, ReqOp op) {
        return op == slowOp ? by.random().nextInt(slowTimes + 1) : 0;
    }

    private static void end(SimScheduler by, int putOff, Runnable io) {
        by.later(putOff == 0 ? io : () -> end(by, putOff - 1, io));
    }

    private int refusal(CoreBio bio) {
        final long blockSectors = limits.logicalBlockSize() >> 9;
        if (bio.sector() < 0 || bio.sector() + bio.sectors() > sizeSectors()) {
            return EIO;
        }
        if (bio.sector() % blockSectors != 0 || bio.sectors() % blockSectors != 0) {
            return EINVAL;
        }
        if (recording) {
            ops.add(new DeviceOp(bio.op(), bio.flags(), bio.sector(), bio.sectors()));
        }
        if (!faults.isEmpty()) {
            final DeviceOp op = new DeviceOp(bio.op(), bio.flags(), bio.sector(), bio.sectors());
            for (ArmedFault fault : faults) {
                if (fault.hits(op)) {
                    return fault.fault.errno();
                }
            }
        }
        return switch (bio.op()) {
            case DISCARD -> limits.maxDiscardSectors() == 0 ? EOPNOTSUPP : 0;
            case WRITE_ZEROES -> limits.maxWriteZeroesSectors() == 0 ? EOPNOTSUPP : 0;
            case READ, WRITE, FLUSH -> 0;
        };
    }

    /// A bio has arrived; what is done with it is not yet.
    void submitted(CoreBio bio) {}

    /// Does it. 0 or `-errno`.
    int perform(CoreBio bio) {
        final long at = bio.sector() << 9;
        final long bytes = bio.lengthBytes();
        switch (bio.op()) {
            case READ ->
                MemorySegment.copy(
                        store,
                        at,
                        Objects.requireNonNull(bio.data().memory()),
                        bio.data().offsetBytes(),
                        bytes);
            case WRITE ->
                MemorySegment.copy(
                        Objects.requireNonNull(bio.data().readOnlyMemory()),
                        bio.data().offsetBytes(),
                        store,
                        at,
                        bytes);
            case DISCARD, WRITE_ZEROES -> store.asSlice(at, bytes).fill((byte) 0);
            case FLUSH -> {}
        }
        return 0;
    }

    @Override
    public String toString() {
        return name;
    }

    private static final class ArmedFault {
        private final Fault fault;
        private int seen;

        ArmedFault(Fault fault) {
            this.fault = fault;
        }

        boolean hits(DeviceOp op) {
            if (!fault.matches(op)) {
                return false;
            }
            final int nr = seen++;
            return nr >= fault.skip() && nr - fault.skip() < fault.times();
        }
    }
}
