package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The store that outlives the machine. Exceptions are appended to the current area; the area is written,
/// behind a flush of their data and with FUA, when nothing else is on its way or it is full. Before a full one
/// is, the next one is zeroed, so that it ends the list.
///
/// Owns its native memory until [#close]. What is read at the beginning is [CowLoader]'s.
///
/// @kernel drivers/md/dm-snap-persistent.c
final class PersistentStore implements ExceptionStore {
    private static final int ALIGN_BYTES = 4096;
    private static final Completion TELL =
            (bio, q) -> Objects.requireNonNull(SnapIo.of(bio).sink).metadataDone(bio.status(), q);

    /// What is being done for [#write] or for a merge.
    private enum Step {
        IDLE,
        ZERO_NEXT,
        FLUSH,
        AREA,
        READ
    }

    private final LowerDevice dev;
    private final CowLayout layout;
    private final Arena arena = Arena.ofShared();
    private final ExceptionArea area;
    private final MemorySegment zeros;
    private final MemorySegment header;
    private final Data zerosData;
    private final Data headerData;
    private final MetadataSink stepDone = this::stepDone;
    private final MetadataSink headerDone = (status, q) -> headerWritten(q);
    private @Nullable Cow cow;
    private boolean good = true;
    private Step step = Step.IDLE;
    private boolean stepWaits;
    private boolean headerWaits;
    private boolean merging;
    private volatile long currentArea;
    private long nextFree;
    /// What the status says of [#nextFree].
    private volatile long shownFree;

    /// `blockBytes` is the device's logical block size.
    PersistentStore(LowerDevice dev, int chunkSectors, int blockBytes) {
        this.dev = dev;
        this.layout = new CowLayout(chunkSectors);
        this.area = new ExceptionArea(arena.allocate(layout.chunkBytes(), ALIGN_BYTES));
        this.zeros = arena.allocate(layout.chunkBytes(), ALIGN_BYTES);
        this.header = arena.allocate(blockBytes, ALIGN_BYTES);
        this.zerosData = Data.of(zeros);
        this.headerData = Data.of(header);
        setNextFree(layout.firstFree());
    }

    CowLayout layout() {
        return layout;
    }

    ExceptionArea area() {
        return area;
    }

    MemorySegment zeros() {
        return zeros;
    }

    MemorySegment header() {
        return header;
    }

    /// Where the loader found the end: the area that is not full, and the first chunk behind all in use.
    void loaded(long lastArea, long firstFreeChunk) {
        currentArea = lastArea;
        setNextFree(layout.skipArea(firstFreeChunk));
    }

    private void setNextFree(long chunk) {
        nextFree = chunk;
        shownFree = chunk;
    }

    void ownedBy(Cow owner) {
        cow = owner;
    }

    private Cow cow() {
        return Objects.requireNonNull(cow);
    }

    @Override
    public int chunkSectors() {
        return layout.chunkSectors();
    }

    @Override
    public boolean isPersistent() {
        return true;
    }

    /// Is chunk `chunk` wholly on a device of `sizeSectors`?
    private boolean fits(long chunk) {
        return (chunk + 1) * layout.chunkSectors() <= dev.sizeSectors();
    }

    @Override
    public long allocate() {
        final long chunk = nextFree;
        if (!fits(chunk)) {
            return NO_ROOM;
        }
        setNextFree(layout.skipArea(chunk + 1));
        return chunk;
    }

    @Override
    public boolean append(long oldChunk, long newChunk, boolean isGood, boolean last) {
        good &= isGood;
        area.append(oldChunk, newChunk);
        return last || area.isFull();
    }

    @Override
    public boolean isGood() {
        return good;
    }

    @Override
    public boolean write(QueueContext q) {
        merging = false;
        if (area.isFull() && !fits(layout.areaChunk(currentArea + 1))) {
            good = false; // nothing could end the list
        }
        if (!good) {
            nextAreaIfFull();
            return true;
        }
        begin(area.isFull() ? Step.ZERO_NEXT : Step.FLUSH, q);
        return false;
    }

    private void nextAreaIfFull() {
        if (area.isFull()) {
            area.clear();
            moveTo(currentArea + 1);
        }
    }

    private void moveTo(long index) {
        currentArea = index;
    }

    // ---- merge ----

    /// Nothing is left to be merged.
    boolean isEmpty() {
        return area.used() == 0 && currentArea == 0;
    }

    /// Makes the area current that has the last exceptions. False: later, and [Cow#merged] is told.
    boolean lastArea(QueueContext q) {
        if (area.used() != 0) {
            return true;
        }
        merging = true;
        moveTo(currentArea - 1);
        begin(Step.READ, q);
        return false;
    }

    /// Forgets the last `count` exceptions, durably, behind a flush; [Cow#merged] is told.
    void forgetLast(int count, QueueContext q) {
        merging = true;
        area.dropLast(count);
        begin(Step.FLUSH, q);
    }

    // ---- steps ----

    private void begin(Step first, QueueContext q) {
        step = first;
        submitStep(q);
    }

    private void submitStep(QueueContext q) {
        final Bio bio = switch (step) {
            case IDLE -> throw new IllegalStateException("no metadata I/O is due");
            case ZERO_NEXT -> chunkIo(ReqOp.WRITE, 0, layout.areaChunk(currentArea + 1), zerosData, q);
            case FLUSH -> q.newBio(dev, ReqOp.FLUSH, 0, 0, 0, Data.NONE, TELL);
            case AREA -> chunkIo(ReqOp.WRITE, BioFlags.FUA, layout.areaChunk(currentArea), area.data(), q);
            case READ -> chunkIo(ReqOp.READ, 0, layout.areaChunk(currentArea), area.data(), q);
        };
        stepWaits = bio == null;
        if (bio != null) {
            SnapIo.of(bio).sink = stepDone;
            q.submit(bio);
        }
    }

    private @Nullable Bio chunkIo(ReqOp op, int flags, long chunk, Data data, QueueContext q) {
        return q.newBio(dev, op, flags, chunk * layout.chunkSectors(), layout.chunkSectors(), data, TELL);
    }

    private void stepDone(int status, QueueContext q) {
        if (status != 0) {
            good = false;
            finish(q);
            return;
        }
        switch (step) {
            case ZERO_NEXT -> begin(Step.FLUSH, q);
            case FLUSH -> begin(Step.AREA, q);
            case READ -> {
                area.full();
                finish(q);
            }
            case AREA -> finish(q);
            case IDLE -> throw new IllegalStateException("metadata I/O that was not due");
        }
    }

    private void finish(QueueContext q) {
        final boolean read = step == Step.READ;
        step = Step.IDLE;
        if (merging) {
            if (!read && good) {
                // As if all exceptions had been committed in the order of their chunks: good enough to be shown. The
                // kernel allocates from here, too, should the device become a snapshot again.
                shownFree = layout.areaChunk(currentArea) + area.used() + 1;
            }
            cow().merged(q);
        } else {
            nextAreaIfFull();
            cow().written(q);
        }
    }

    // ---- invalidation ----

    @Override
    public boolean drop(QueueContext q) {
        good = false;
        new CowHeader(false, CowHeader.VERSION, layout.chunkSectors()).write(header);
        submitHeader(q);
        return false;
    }

    /// With FUA, which the kernel leaves out: after a power cut the store must not look valid again.
    private void submitHeader(QueueContext q) {
        final Bio bio = q.newBio(dev, ReqOp.WRITE, BioFlags.FUA, 0, (int) (header.byteSize() >> 9), headerData, TELL);
        headerWaits = bio == null;
        if (bio != null) {
            SnapIo.of(bio).sink = headerDone;
            q.submit(bio);
        }
    }

    private void headerWritten(QueueContext q) {
        cow().dropped(q);
    }

    @Override
    public void retry(QueueContext q) {
        if (stepWaits) {
            submitStep(q);
        }
        if (headerWaits) {
            submitHeader(q);
        }
    }

    @Override
    public long allocatedSectors() {
        return shownFree * layout.chunkSectors();
    }

    @Override
    public long metadataSectors() {
        return layout.metadataSectors(currentArea);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
