package io.dmctl.targets.core;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The core's bio. Belongs to the pool of one mapped device on one thread.
@HotPath
public final class CoreBio extends Bio {
    /// What the thread that takes it from a queue does with it.
    enum Todo {
        NOTHING,
        /// Its lower device has it.
        BELOW,
        END_IO,
        COMPLETE,
        SUBMIT,
        WORK,
        MAP
    }

    private static final int MAX_TRIES = 1000;

    final MdThread slot;
    final int poolIndex;
    final boolean own;
    /// This bio as a request to a device of ours below.
    final Request below;
    private final Data data = new Data();
    private final int index;
    private ReqOp op = ReqOp.READ;
    private int flags;
    private long sector;
    private int sectors;
    private int bioNr;
    private int status;
    private @Nullable BlockDevice dev;

    Todo todo = Todo.NOTHING;
    boolean requeue;
    boolean partial;
    int pieceStart;
    long dueNs;

    @Nullable
    TableEntry entry;

    @Nullable
    Request request;

    @Nullable
    Completion completion;

    @Nullable
    CoreBio next;

    /// Bytes that the lower device has already done: it resubmits the rest of a short result.
    private int doneBytes;

    private int tries;

    private boolean mayWait;

    private int uses;

    /// Who waits for what is read into [DataHolder#memory], from `heldOffset` of it on.
    private @Nullable DataHolder heldBy;

    private int heldIndex;
    private long heldOffset;

    CoreBio(MdThread slot, int poolIndex, boolean own, int index) {
        this.slot = slot;
        this.poolIndex = poolIndex;
        this.own = own;
        this.index = index;
        this.below = new Request(MdThread.STACKED, 0);
        this.below.parent = this;
    }

    void init(ReqOp newOp, int newFlags, long newSector, int newSectors, int newBioNr) {
        op = newOp;
        flags = newFlags;
        sector = newSector;
        sectors = newSectors;
        bioNr = newBioNr;
        status = 0;
        dev = null;
        todo = Todo.NOTHING;
        requeue = false;
        partial = false;
        doneBytes = 0;
        tries = 0;
        mayWait = false;
        uses++;
    }

    /// How often it was begun with: another number, another bio to its target.
    int uses() {
        return uses;
    }

    /// Is it not in its pool?
    boolean busy() {
        return request != null || completion != null;
    }

    /// Dense over the thread: [IoThread#bio] finds it again.
    public int index() {
        return index;
    }

    @Override
    public ReqOp op() {
        return op;
    }

    @Override
    public int flags() {
        return flags;
    }

    @Override
    public long sector() {
        return sector;
    }

    @Override
    public int sectors() {
        return sectors;
    }

    @Override
    public int bioNr() {
        return bioNr;
    }

    @Override
    public @Nullable Object perIo() {
        final TableEntry e = entry;
        return e == null ? null : slot.perIo(e, poolIndex);
    }

    @Override
    public Data data() {
        return data;
    }

    @Override
    public void remap(LowerDevice newDev, long newSector) {
        dev = (BlockDevice) newDev;
        sector = newSector;
    }

    @Override
    public void acceptPartial(int newSectors) {
        if (!op.hasData() || newSectors <= 0 || newSectors > sectors) {
            throw new IllegalArgumentException("acceptPartial: " + op + " of " + sectors + " sectors to " + newSectors);
        }
        partial = true;
        sectors = newSectors;
    }

    @Override
    public void trim(long newSector, int newSectors) {
        sector = newSector;
        sectors = newSectors;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public void status(int negErrno) {
        status = negErrno;
    }

    @Override
    public @Nullable BlockDevice device() {
        return dev;
    }

    public long lengthBytes() {
        return (long) sectors << 9;
    }

    /// Has the bytes in memory from now on, where a [DataHolder] has them: those of a WRITE are copied, those
    /// of a READ are copied back when the bio is done, so that no part of it may be done yet. False: it failed,
    /// with [#status()].
    public boolean expose() {
        final DataHolder holder = data.holder();
        if (holder == null) {
            return true;
        }
        final int buffer = data.index();
        final long offset = data.offsetBytes();
        if (op == ReqOp.READ) {
            heldBy = holder;
            heldIndex = buffer;
            heldOffset = offset;
        } else {
            final int loaded = holder.load(buffer, offset, lengthBytes());
            if (loaded != 0) {
                status = loaded;
                return false;
            }
        }
        data.set(holder.memory(buffer), offset);
        return true;
    }

    /// The bio is done: what it read goes to who waits for it.
    void giveBack() {
        final DataHolder holder = heldBy;
        if (holder != null) {
            heldBy = null;
            if (status == 0 && !requeue) {
                final MemorySegment from =
                        Objects.requireNonNull(holder.memory(heldIndex).memory());
                status = holder.store(heldIndex, heldOffset, from, heldOffset, lengthBytes());
            }
        }
    }

    public int doneBytes() {
        return doneBytes;
    }

    public void doneBytes(int bytes) {
        doneBytes = bytes;
    }

    /// May the lower device try once more what was only put off? Not for ever.
    public boolean mayTryAgain() {
        return ++tries <= MAX_TRIES;
    }

    /// Was it, or is it to be, issued to the lower device where that may wait?
    public boolean mayWait() {
        return mayWait;
    }

    public void mayWait(boolean on) {
        mayWait = on;
    }

    /// Links for whoever holds the bio: a lower device that waits for room, for one.
    public @Nullable CoreBio link() {
        return next;
    }

    public void link(@Nullable CoreBio bio) {
        next = bio;
    }
}
