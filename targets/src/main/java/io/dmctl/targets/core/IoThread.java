package io.dmctl.targets.core;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One I/O thread: a hardware queue's, a domain's, or a caller's. The subclass owns the real thread and its ring, and
/// calls [#runPending]
/// in its loop; in tests a seeded scheduler does.
///
/// Everything here belongs to that thread, but for [#execute], the inbox and [#wake]. Nothing re-enters a target: what
/// is submitted or
/// completed goes through the run list.
@HotPath
public abstract class IoThread implements QueueContext, Domain {
    private static final VarHandle INBOX;

    static {
        try {
            INBOX = MethodHandles.lookup().findVarHandle(IoThread.class, "inbox", CoreBio.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// So many bios go to other threads before these are woken within a pass.
    private static final int WAKE_EVERY = 32;

    private final int threadIndex;
    private final BioQueue run = new BioQueue();
    private final BioQueue parked = new BioQueue();
    private final RequestQueue ready = new RequestQueue();
    private final TimerHeap timers = new TimerHeap();
    private final ConcurrentLinkedQueue<Runnable> control = new ConcurrentLinkedQueue<>();
    private final MemorySegment zeros;
    private final MemorySegment zerosReadOnly;
    private @Nullable MdThread[] slots = new MdThread[4];
    /// Null: the number is free.
    private @Nullable CoreBio[] bios = new CoreBio[0];
    /// Threads that were given bios in this pass, and how many bios that were.
    private @Nullable IoThread[] toWake = new IoThread[4];

    private int sleepers;
    private int handed;
    private boolean retryParked;
    private boolean ending;

    @SuppressWarnings("unused") // through INBOX
    private volatile @Nullable CoreBio inbox;

    /// `zeros` are zero bytes that writes of zeros are made of: native where the lower devices need addresses.
    protected IoThread(int threadIndex, MemorySegment zeros) {
        this.threadIndex = threadIndex;
        this.zeros = zeros;
        this.zerosReadOnly = zeros.asReadOnly();
    }

    /// Makes the thread run [#runPending] soon; from any thread.
    protected abstract void wake();

    @Override
    public abstract long nowNs();

    @Override
    public long turnNs() {
        return nowNs();
    }

    @Override
    public final int threadIndex() {
        return threadIndex;
    }

    /// Runs `task` on this thread; from any thread, cold.
    public final void execute(Runnable task) {
        control.add(task);
        wake();
    }

    /// Takes a bio from another thread, which wakes this one.
    private void accept(CoreBio bio) {
        CoreBio head;
        do {
            head = (CoreBio) INBOX.getAcquire(this);
            bio.next = head;
        } while (!INBOX.compareAndSet(this, head, bio)); // pairs with getAndSet in drainInbox
    }

    /// Gives a bio to another thread, which is woken at the end of this pass: one that runs at once would take bio by
    /// bio, with a sleep and a wake-up for each.
    private void hand(IoThread to, CoreBio bio) {
        to.accept(bio);
        int i = 0;
        while (i < sleepers && toWake[i] != to) {
            i++;
        }
        if (i == sleepers) {
            if (sleepers == toWake.length) {
                toWake = Arrays.copyOf(toWake, 2 * sleepers); // bounded by the threads of the group
            }
            toWake[sleepers++] = to;
        }
        if (++handed >= WAKE_EVERY) {
            wakeOthers();
        }
    }

    private void wakeOthers() {
        for (int i = 0; i < sleepers; i++) {
            Objects.requireNonNull(toWake[i]).wake();
            toWake[i] = null;
        }
        sleepers = 0;
        handed = 0;
    }

    /// The bio with this [CoreBio#index()].
    public final CoreBio bio(int index) {
        return Objects.requireNonNull(bios[index]);
    }

    /// Cold; on this thread.
    final void forEachBio(Consumer<CoreBio> action) {
        for (CoreBio bio : bios) {
            if (bio != null) {
                action.accept(bio);
            }
        }
    }

    /// Does all that can be done without waiting.
    public final void runPending() {
        do {
            Runnable task;
            while ((task = control.poll()) != null) {
                task.run();
            }
            drainInbox();
            fireTimers();
            drainRun();
            wakeOthers();
        } while (hasInput());
    }

    /// Is there anything for [#runPending]? Asked before the thread sleeps, after its wake-up is armed.
    public final boolean hasInput() {
        return inbox != null || !control.isEmpty() || !run.isEmpty() || !ready.isEmpty();
    }

    /// When the next timer is due, or `Long.MAX_VALUE`.
    public final long nextTimerNs() {
        return timers.nextNs();
    }

    private void drainInbox() {
        CoreBio bio = (CoreBio) INBOX.getAndSet(this, null); // pairs with compareAndSet in accept
        CoreBio first = null;
        while (bio != null) { // the inbox is a stack: turn it round
            final CoreBio below = bio.next;
            bio.next = first;
            first = bio;
            bio = below;
        }
        while (first != null) {
            final CoreBio after = first.next;
            run.add(first);
            first = after;
        }
    }

    private void fireTimers() {
        if (timers.nextNs() == Long.MAX_VALUE) {
            return;
        }
        final long now = nowNs();
        while (timers.nextNs() <= now) {
            final CoreBio bio = timers.poll();
            bio.todo = CoreBio.Todo.WORK;
            run.add(bio);
        }
    }

    private void drainRun() {
        while (true) {
            final CoreBio bio = run.poll();
            if (bio != null) {
                step(bio);
                continue;
            }
            final Request request = ready.poll();
            if (request != null) {
                request.queued = false;
                Objects.requireNonNull(request.slot).advance(request);
                continue;
            }
            if (retryParked) {
                retryParked = false;
                CoreBio waiting;
                while ((waiting = parked.poll()) != null) {
                    run.add(waiting);
                }
                continue;
            }
            return;
        }
    }

    private void step(CoreBio bio) {
        switch (bio.todo) {
            case END_IO -> bio.slot.endIo(bio);
            case COMPLETE -> bio.slot.finish(bio);
            case SUBMIT -> start(bio);
            case WORK -> localSlot(bio).work(bio);
            case MAP -> bio.slot.remapParked(bio);
            case NOTHING, BELOW -> throw new IllegalStateException("bio in the run list with nothing to do");
        }
    }

    /// This thread's slot of the bio's device: another than the bio's own when it was posted here.
    private MdThread localSlot(CoreBio bio) {
        final MdThread own = bio.slot;
        return own.thread == this ? own : Objects.requireNonNull(slot(own.md.slotId()), "device not joined");
    }

    /// A bio went back to a pool: what waited for one may go on.
    final void bioFreed() {
        if (!parked.isEmpty()) {
            retryParked = true;
        }
    }

    final void park(CoreBio bio) {
        bio.todo = CoreBio.Todo.MAP;
        parked.add(bio);
    }

    /// Tells who made `request` that it is done.
    final void end(Request request) {
        final boolean outer = ending;
        ending = true;
        request.sink().requestDone(request, this);
        ending = outer;
    }

    /// Is somebody just told so?
    final boolean ending() {
        return ending;
    }

    final void resumeLater(Request request) {
        if (!request.queued) {
            request.queued = true;
            ready.add(request);
        }
    }

    final void start(CoreBio bio) {
        bio.todo = CoreBio.Todo.BELOW;
        Objects.requireNonNull(bio.device(), "bio was not remapped").submit(bio, this);
    }

    /// A lower device is done with `bio`: status 0 or `-errno`. On this thread; may be called from within
    /// [BlockDevice#submit].
    public final void lowerDone(CoreBio bio, int status) {
        bio.status(status);
        bio.todo = CoreBio.Todo.END_IO;
        run.add(bio);
    }

    @Override
    public final @Nullable MemorySegment bounce(Bio bio) {
        if (!((CoreBio) bio).expose()) {
            return null;
        }
        final Data data = bio.data();
        return bio.op() == ReqOp.WRITE ? data.readOnlyMemory() : data.memory();
    }

    @Override
    public final void zero(Bio bio) {
        final Data data = bio.data();
        final DataHolder holder = data.holder();
        long at = data.offsetBytes();
        long left = (long) bio.sectors() << 9;
        while (left > 0) {
            final long n = Math.min(left, zeros.byteSize());
            if (holder == null) {
                MemorySegment.copy(zeros, 0, Objects.requireNonNull(data.memory(), "no memory to fill"), at, n);
            } else {
                final int stored = holder.store(data.index(), at, zeros, 0, n);
                if (stored != 0) {
                    bio.status(stored);
                    return;
                }
            }
            at += n;
            left -= n;
        }
    }

    final int zeroSectors() {
        return (int) (zeros.byteSize() >> 9);
    }

    /// Leads `data` to zero bytes, to be written.
    final void setZeros(Data data) {
        data.setMemory(zeros, zerosReadOnly);
    }

    @Override
    public final @Nullable Bio newBio(
            LowerDevice dev, ReqOp op, int flags, long sector, int sectors, Data data, Completion completion) {
        final MdThread slot = Objects.requireNonNull(current, "newBio outside of a target's call");
        final CoreBio bio = slot.takeOwn();
        if (bio != null) {
            bio.init(op, flags, sector, sectors, 0);
            bio.data().set(data, 0);
            bio.remap(dev, sector);
            bio.completion = completion;
            bio.entry = slot.currentEntry;
            bio.request = null;
        }
        return bio;
    }

    /// The device whose target is being called, for [#newBio].
    @Nullable
    MdThread current;

    @Override
    public final void submit(Bio bio) {
        final CoreBio b = (CoreBio) bio;
        b.todo = CoreBio.Todo.SUBMIT;
        toHome(b);
    }

    @Override
    public final void complete(Bio bio) {
        final CoreBio b = (CoreBio) bio;
        b.todo = CoreBio.Todo.COMPLETE;
        toHome(b);
    }

    @Override
    public final void requeue(Bio bio) {
        ((CoreBio) bio).requeue = true;
        complete(bio);
    }

    @Override
    public final void home(Bio bio) {
        submit(bio);
    }

    private void toHome(CoreBio bio) {
        final IoThread home = bio.slot.thread;
        if (home == this) {
            run.add(bio);
        } else {
            hand(home, bio);
        }
    }

    @Override
    public final void post(Domain owner, Bio bio) {
        final CoreBio b = (CoreBio) bio;
        b.todo = CoreBio.Todo.WORK;
        final IoThread to = (IoThread) owner;
        if (to == this) {
            run.add(b);
        } else {
            hand(to, b);
        }
    }

    @Override
    public final void timer(Bio bio, long delayNs) {
        final CoreBio b = (CoreBio) bio;
        // A suspend does not wait for timers; one that is set meanwhile fires after the completions that are there now.
        b.dueNs = localSlot(b).blocked() ? 0 : nowNs() + Math.max(0, delayNs);
        timers.add(b);
    }

    /// The timers of `md` are over.
    final void expireTimers(MappedDevice md) {
        timers.expire(md);
    }

    /// The slot of device number `slotId`; null before [MappedDevice] joined this thread.
    final @Nullable MdThread slot(int slotId) {
        return slotId < slots.length ? slots[slotId] : null;
    }

    /// Cold; on this thread.
    final void join(int slotId, MdThread slot) {
        if (slotId >= slots.length) {
            slots = Arrays.copyOf(slots, slotId * 2);
        }
        slots[slotId] = slot;
    }

    /// Cold; on this thread. The numbers of the device's bios are free again.
    final void leave(int slotId) {
        final MdThread gone = slot(slotId);
        if (gone != null) {
            slots[slotId] = null;
            for (int i = 0; i < bios.length; i++) {
                final CoreBio bio = bios[i];
                if (bio != null && bio.slot == gone) {
                    bios[i] = null;
                }
            }
        }
    }

    /// Makes `count` bios for `slot`, numbered for [#bio]. Cold; on this thread.
    final CoreBio[] makeBios(MdThread slot, int count, boolean own, int firstPoolIndex) {
        final CoreBio[] made = new CoreBio[count];
        final int from = freeNumbers(count);
        bios = Arrays.copyOf(bios, Math.max(bios.length, from + count));
        timers.reserve(bios.length);
        for (int i = 0; i < count; i++) {
            made[i] = bios[from + i] = new CoreBio(slot, firstPoolIndex + i, own, from + i);
        }
        return made;
    }

    /// The first of `count` numbers in a row that are free.
    private int freeNumbers(int count) {
        int from = 0;
        for (int i = 0; i < bios.length && i - from < count; i++) {
            if (bios[i] != null) {
                from = i + 1;
            }
        }
        return from;
    }
}
