package io.dmctl.targets.core;

import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.Target;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One mapped device on one I/O thread: its table there, its bios, what is in flight, what waits. Only that thread
/// touches it.
///
/// @kernel drivers/md/dm.c `__split_and_process_bio` `__send_empty_flush` `clone_endio` `dm_io_dec_pending`
@HotPath
final class MdThread {
    static final int EIO = -5;
    private static final VarHandle OWN_TAKEN;
    private static final VarHandle OWN_BACK;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWN_TAKEN = lookup.findVarHandle(MdThread.class, "ownTaken", long.class);
            OWN_BACK = lookup.findVarHandle(MdThread.class, "ownBack", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Takes the end of a request that is a bio of the device above.
    static final RequestSink STACKED =
            (request, thread) -> thread.lowerDone(Objects.requireNonNull(request.parent), request.status());

    final MappedDevice md;
    final IoThread thread;
    private final RequestQueue deferred = new RequestQueue();
    private final RequestQueue needBio = new RequestQueue();
    private final BioQueue free = new BioQueue();
    private final BioQueue freeOwn = new BioQueue();
    private final int requestBios;
    private final int ownBios;
    /// Are the bios made? They are at the first use: a group has more devices than most of its threads serve.
    private boolean equipped;

    private @Nullable LiveTable table;
    private Object[][] perIo = new Object[0][];
    private boolean blocked = true;
    private boolean noflush;
    private int inFlight;
    private @Nullable Runnable drained;

    private long ownTaken;
    private long ownBack;
    /// Targets, by their index in the table, that wait for a bio of their own, and how many these are.
    private boolean[] starved = new boolean[0];

    private int starvedCount;
    private int starvedNext;
    private boolean mapping;

    @Nullable
    TableEntry currentEntry;

    /// Bios done by each target of the table: see [TargetCounts#index].
    private long[] counts = new long[0];

    private final long[] requestCounts = new long[ReqOp.values().length];

    MdThread(MappedDevice md, IoThread thread, int requestBios, int ownBios) {
        this.md = md;
        this.thread = thread;
        this.requestBios = requestBios;
        this.ownBios = ownBios;
    }

    private void equip() {
        equipped = true;
        for (CoreBio bio : thread.makeBios(this, requestBios, false, 0)) {
            free.add(bio);
        }
        for (CoreBio bio : thread.makeBios(this, ownBios, true, requestBios)) {
            freeOwn.add(bio);
        }
        md.threadEquipped(1);
        final LiveTable t = table;
        if (t != null) {
            outfit(t);
        }
    }

    /// Is the device being suspended, or suspended?
    boolean blocked() {
        return blocked;
    }

    /// How many own bios were taken so far, and given back; read from other threads. Both only grow: a reader who
    /// sums up those given back first, and then finds as many taken, knows that none is out.
    long ownTaken() {
        return (long) OWN_TAKEN.getAcquire(this);
    }

    long ownBack() {
        return (long) OWN_BACK.getAcquire(this);
    }

    /// How many of the bios are not in their pool. Cold; on this thread.
    int busyBios() {
        return equipped ? requestBios + ownBios - free.size() - freeOwn.size() : 0;
    }

    boolean equipped() {
        return equipped;
    }

    @Nullable
    Object perIo(TableEntry entry, int poolIndex) {
        final Object[] of = perIo[entry.index];
        return of.length == 0 ? null : of[poolIndex];
    }

    /// Requests done so far; read from other threads without order.
    long requestCount(ReqOp op) {
        return requestCounts[op.ordinal()];
    }

    /// What the targets of the installed table did; read from other threads without order.
    long[] counts() {
        return counts;
    }

    // ---- what the control side does here, through IoThread.execute ----

    /// What targets hand back from now on waits, if `on`.
    void noflush(boolean on) {
        noflush = on;
    }

    /// New requests wait from now on; `whenDrained` is told once nothing is in flight.
    void block(boolean withoutFlush, Runnable whenDrained) {
        blocked = true;
        noflush = withoutFlush;
        drained = whenDrained;
        thread.expireTimers(md);
        tellDrained();
    }

    void install(LiveTable newTable) {
        table = newTable;
        if (equipped) {
            outfit(newTable);
        }
    }

    private void outfit(LiveTable t) {
        perIo = t.makePerIo(requestBios + ownBios);
        counts = new long[perIo.length * TargetCounts.FIELDS];
        starved = new boolean[perIo.length];
        starvedCount = 0;
        starvedNext = 0;
    }

    /// What waited is issued, in order, against the table that is installed now.
    void unblock() {
        blocked = false;
        noflush = false;
        drained = null;
        Request request;
        while ((request = deferred.poll()) != null) {
            begin(request);
            if (blocked) {
                return;
            }
        }
    }

    /// The device goes away: what waits fails.
    void failDeferred(int negErrno) {
        Request request;
        while ((request = deferred.poll()) != null) {
            request.fail(negErrno);
            thread.end(request);
        }
    }

    private void tellDrained() {
        final Runnable tell = drained;
        if (tell != null && inFlight == 0) {
            drained = null;
            tell.run();
        }
    }

    // ---- requests ----

    void enter(Request request) {
        request.slot = this;
        if (!equipped) {
            equip();
        }
        if (blocked) {
            deferred.add(request);
        } else {
            begin(request);
        }
    }

    private void begin(Request request) {
        request.rewind();
        inFlight++;
        if (thread.ending()) {
            thread.resumeLater(request); // from within requestDone: it must not nest
        } else {
            advance(request);
        }
    }

    /// Issues as many bios of the request as there are free, in order.
    void advance(Request request) {
        final LiveTable t = table;
        if (t == null) {
            request.fail(EIO); // no table bound
            request.phase = Request.Phase.ISSUED;
        } else {
            request.pending++;
            while (request.phase != Request.Phase.ISSUED && !request.parked) {
                final CoreBio bio = free.poll();
                if (bio == null) {
                    needBio.add(request);
                    break;
                }
                issue(request, bio, t);
            }
            request.pending--;
        }
        endIfDone(request);
    }

    private void issue(Request request, CoreBio bio, LiveTable t) {
        bio.request = request;
        bio.completion = null;
        if (!BioSplitter.next(request, bio, t, thread)) {
            putFree(bio);
            return;
        }
        request.pending++;
        if (bio.entry == null) {
            thread.start(bio);
        } else {
            map(bio);
        }
    }

    // ---- bios ----

    private void map(CoreBio bio) {
        final Request request = Objects.requireNonNull(bio.request);
        final int sectors = bio.sectors();
        final TableEntry entry = enterTarget(bio);
        mapping = true;
        final MapResult result = entry.target.map(bio, thread);
        mapping = false;
        leaveTarget();
        if (bio.partial && result != MapResult.PARK) {
            bio.partial = false;
            // The rest is issued next: nothing was issued after this piece.
            request.cursor = bio.pieceStart + Math.min(bio.sectors(), sectors);
            request.phase = Request.Phase.DATA;
        }
        switch (result) {
            case SUBMITTED -> {}
            case REMAPPED -> thread.start(bio);
            case PARK -> {
                if (bio.status() != 0) {
                    finish(bio); // its bytes could not be had
                    return;
                }
                request.parked = true;
                bio.init(bio.op(), bio.flags(), bio.sector(), sectors, bio.bioNr());
                thread.park(bio);
            }
            case REQUEUE -> {
                bio.requeue = true;
                finish(bio);
            }
            case KILL -> {
                bio.status(EIO);
                finish(bio);
            }
        }
    }

    /// A parked bio has its turn again; then its request goes on.
    void remapParked(CoreBio bio) {
        final Request request = Objects.requireNonNull(bio.request);
        request.parked = false;
        request.pending++;
        map(bio);
        request.pending--;
        if (!request.parked) {
            thread.resumeLater(request);
        }
    }

    private TableEntry enterTarget(CoreBio bio) {
        final TableEntry entry = Objects.requireNonNull(bio.entry);
        thread.current = this;
        currentEntry = entry;
        return entry;
    }

    private void leaveTarget() {
        thread.current = null;
        currentEntry = null;
    }

    /// Work that no bio brings; dropped when its target is gone.
    void work(TableEntry entry) {
        if (!entry.closed) {
            thread.current = this;
            currentEntry = entry;
            entry.target.work(thread, thread);
            leaveTarget();
        }
    }

    /// On the thread that the bio was posted to, or whose timer it was: this slot is that thread's.
    void work(CoreBio bio) {
        bio.todo = CoreBio.Todo.NOTHING;
        final Target target = enterTarget(bio).target;
        target.work(bio, thread);
        leaveTarget();
    }

    /// The lower device is done with the bio.
    void endIo(CoreBio bio) {
        bio.todo = CoreBio.Todo.NOTHING;
        if (bio.completion != null) {
            finish(bio);
            return;
        }
        if (bio.entry != null) {
            final Target target = enterTarget(bio).target;
            final EndIoResult result = target.endIo(bio, thread);
            leaveTarget();
            switch (result) {
                case DONE -> {}
                case INCOMPLETE -> {
                    return;
                }
                case REQUEUE -> bio.requeue = true;
            }
        }
        finish(bio);
    }

    /// The bio has its status: it counts off its request, or tells its completion, and is free.
    void finish(CoreBio bio) {
        bio.todo = CoreBio.Todo.NOTHING;
        bio.giveBack();
        final Request request = bio.request;
        if (request == null) {
            enterTarget(bio);
            Objects.requireNonNull(bio.completion).done(bio, thread);
            leaveTarget();
            bio.completion = null;
            freeOwn.add(bio);
            feedStarved(); // first: a drain must not miss what goes on with this bio
            OWN_BACK.setRelease(this, ownBack + 1); // pairs with getAcquire in ownBack()
            if (blocked) {
                md.ownBioBack();
            }
            thread.bioFreed();
            return;
        }
        final TableEntry entry = bio.entry;
        if (entry != null) {
            final int at = TargetCounts.index(entry.index, bio.op());
            counts[at]++;
            counts[at + 1] += bio.sectors();
        }
        if (bio.requeue && noflush) {
            request.requeued = true;
        } else if (bio.requeue) {
            request.fail(EIO);
        } else if (bio.status() != 0) {
            request.fail(bio.status());
        }
        putFree(bio);
        request.pending--;
        endIfDone(request);
    }

    private void putFree(CoreBio bio) {
        bio.request = null;
        bio.entry = null;
        free.add(bio);
        final Request waiting = needBio.poll();
        if (waiting != null) {
            thread.resumeLater(waiting);
        }
        thread.bioFreed();
    }

    @Nullable
    CoreBio takeOwn() {
        if (!equipped) {
            equip();
        }
        final CoreBio bio = freeOwn.poll();
        if (bio != null) {
            OWN_TAKEN.setRelease(this, ownTaken + 1); // pairs with getAcquire in ownTaken()
        } else if (!mapping) { // map answers PARK
            starve(Objects.requireNonNull(currentEntry).index);
        }
        return bio;
    }

    private void starve(int index) {
        if (!starved[index]) {
            starved[index] = true;
            starvedCount++;
        }
    }

    /// An own bio is free: those that wait for one have their turn, one after the other.
    private void feedStarved() {
        final LiveTable t = table;
        for (int asked = starvedCount; t != null && asked > 0 && !freeOwn.isEmpty(); asked--) {
            while (!starved[starvedNext]) {
                starvedNext = (starvedNext + 1) % starved.length;
            }
            final int index = starvedNext;
            starvedNext = (index + 1) % starved.length;
            starved[index] = false;
            starvedCount--;
            work(t.entries[index]);
        }
    }

    private void endIfDone(Request request) {
        if (request.pending != 0 || request.phase != Request.Phase.ISSUED || request.parked) {
            return;
        }
        if (request.queued) {
            return; // its turn in the ready list ends it
        }
        if (request.cursor < request.sectors()
                && request.op() != ReqOp.FLUSH
                && request.status() == 0
                && !request.requeued) {
            // The flush in front of the data is done: now the data.
            request.phase = Request.Phase.DATA;
            request.fanTarget = 0;
            request.fanNr = 0;
            thread.resumeLater(request);
            return;
        }
        inFlight--;
        if (request.requeued) {
            deferred.add(request);
        } else {
            requestCounts[request.op().ordinal()]++;
            thread.end(request);
        }
        if (blocked) {
            tellDrained();
        }
    }
}
