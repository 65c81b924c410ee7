package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A mapped device: two table slots, suspend and resume. As a [BlockDevice] it is a lower device for others of its
/// group.
///
/// Thread rule: [#submit] on any I/O thread of the group; the control methods on one control thread at a time (they
/// lock the device; a
/// suspend waits for I/O with that lock held, as the kernel's suspend_lock is).
///
/// @kernel drivers/md/dm.c `dm_suspend` `dm_resume` `dm_swap_table`; drivers/md/dm-ioctl.c `do_resume`
public final class MappedDevice implements BlockDevice {
    private static final int EIO = 5;
    /// The number of users of a device that is being deleted.
    private static final int DELETING = -1;
    private static final int EBUSY = 16;
    private static final int EINTR = 4;

    private final IoGroup group;
    private final int slotId;
    private final int poolBios;
    private final int ownBios;
    private final AtomicLong eventNr = new AtomicLong();
    private final List<MdThread> slots = new CopyOnWriteArrayList<>();
    /// What threads that serve no more have done: requests by operation, and bios by target of the table in use.
    private final AtomicLongArray goneRequests = new AtomicLongArray(ReqOp.values().length);

    private volatile long[] goneCounts = new long[0];
    private volatile String name;
    private volatile @Nullable LiveTable live;
    private volatile @Nullable LiveTable inactive;
    private volatile boolean suspended;
    private volatile QueueLimits limits = QueueLimits.STACKING;
    private volatile DeviceFront front = DeviceFront.NONE;
    /// What a thread that joins finds; changed under the group's lock.
    private boolean blocked = true;

    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger equippedThreads = new AtomicInteger();

    MappedDevice(IoGroup group, String name, int slotId, int poolBios, int ownBios) {
        this.group = group;
        this.name = name;
        this.slotId = slotId;
        this.poolBios = poolBios;
        this.ownBios = ownBios;
    }

    int slotId() {
        return slotId;
    }

    /// How many bios it has on each I/O thread that serves it.
    public int biosOnAThread() {
        return poolBios + ownBios;
    }

    /// How many I/O threads have served it: these have its bios.
    public int equippedThreads() {
        return equippedThreads.get();
    }

    void threadEquipped(int change) {
        equippedThreads.addAndGet(change);
    }

    // ---- I/O ----

    /// Takes a request from a transport. On an I/O thread of the group.
    @HotPath
    public void submit(Request request, IoThread thread) {
        Objects.requireNonNull(thread.slot(slotId), "thread did not join the group")
                .enter(request);
    }

    @Override
    @HotPath
    public void submit(CoreBio bio, IoThread thread) {
        final Request below = bio.below;
        below.init(bio.op(), bio.flags(), bio.sector(), bio.sectors());
        below.data().set(bio.data(), 0);
        submit(below, thread);
    }

    // ---- what it is ----

    public void rename(String newName) {
        name = newName;
        event();
    }

    @Override
    public String name() {
        return "/dev/mapper/" + name;
    }

    @Override
    public long sizeSectors() {
        final LiveTable t = live;
        return t == null ? 0 : t.sizeSectors();
    }

    @Override
    public QueueLimits limits() {
        return limits;
    }

    public @Nullable LiveTable live() {
        return live;
    }

    public @Nullable LiveTable inactive() {
        return inactive;
    }

    public boolean suspended() {
        return suspended;
    }

    /// Counts what happened to the device; never goes back.
    public long eventNr() {
        return eventNr.get();
    }

    public void event() {
        eventNr.incrementAndGet();
        group.scheduler().signal();
    }

    /// Requests done, by operation, over all threads.
    public long requestCount(ReqOp op) {
        long sum = goneRequests.get(op.ordinal());
        for (MdThread slot : slots) {
            sum += slot.requestCount(op);
        }
        return sum;
    }

    /// What each target of the table in use has done, over all threads.
    public List<TargetCounts> targetCounts() {
        final LiveTable table = live;
        final List<TargetCounts> all = new ArrayList<>();
        if (table == null) {
            return all;
        }
        for (TableEntry entry : table.entries) {
            final long[] sum = new long[TargetCounts.FIELDS];
            add(sum, goneCounts, entry.index);
            for (MdThread slot : slots) {
                add(sum, slot.counts(), entry.index);
            }
            all.add(new TargetCounts(
                    entry.beginSector, entry.lenSectors, entry.type.name(), entry.target.provider(), sum));
        }
        return all;
    }

    /// Adds what `counts` has of target `index`, if that is of this table.
    private static void add(long[] sum, long[] counts, int index) {
        for (int i = 0; i < sum.length && counts.length >= (index + 1) * sum.length; i++) {
            sum[i] += counts[index * sum.length + i];
        }
    }

    /// How many bios are on their way, over all threads: 0 when all I/O is done. Waits for the threads; cold.
    public int busyBios() {
        final AtomicInteger busy = new AtomicInteger();
        group.onEveryThread(thread -> busy.addAndGet(slotOf(thread).busyBios()));
        return busy.get();
    }

    /// Who shows this device; before the first resume.
    public void setFront(DeviceFront newFront) {
        front = newFront;
    }

    // ---- used by others of the group ----

    /// A table of the group opens this device; false when it is being deleted.
    boolean use() {
        return users.getAndUpdate(n -> n < 0 ? n : n + 1) >= 0;
    }

    void unuse() {
        users.decrementAndGet();
    }

    /// How many tables of the group have it open.
    public int users() {
        return Math.max(0, users.get());
    }

    /// From now on no table can open it, so that it can be taken away; false while one has it open.
    /// @kernel drivers/md/dm.c `dm_lock_for_deletion`
    public boolean lockForDeletion() {
        return users.compareAndSet(0, DELETING);
    }

    /// It is not taken away after all.
    public void unlockForDeletion() {
        users.compareAndSet(DELETING, 0);
    }

    /// Is `other` this device, or below one of its tables?
    public boolean reaches(MappedDevice other) {
        if (this == other) {
            return true;
        }
        return reaches(live, other) || reaches(inactive, other);
    }

    private static boolean reaches(@Nullable LiveTable table, MappedDevice other) {
        if (table != null) {
            for (LowerDevice dev : table.devices()) {
                if (dev instanceof MappedDevice below && below.reaches(other)) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- control ----

    /// Puts `table` into the inactive slot; the one that was there is destroyed. The device owns it from here on, also
    /// when this throws.
    ///
    /// @throws TableException as the kernel does: type changes of immutable targets; areas, at the first load
    public synchronized void load(LiveTable table) throws TableException {
        try {
            final LiveTable now = live;
            final String immutable = now == null ? null : now.immutableType();
            if (immutable != null && !immutable.equals(table.immutableType()) && !table.hasWildcard()) {
                throw new TableException(
                        "can't replace immutable target type " + immutable, TargetException.EINVAL, -1, -1);
            }
            if (now == null && inactive == null) {
                table.calculateLimits();
            }
        } catch (TableException e) {
            table.close();
            throw e;
        }
        clear();
        inactive = table;
    }

    /// Destroys the inactive table.
    public synchronized void clear() {
        final LiveTable old = inactive;
        inactive = null;
        if (old != null) {
            old.close();
        }
    }

    /// Stops the device: nothing is in flight when this returns, new requests wait. `withoutFlush` lets targets hand
    /// requests back, which
    /// wait then for the next table. A device that is suspended stays so.
    ///
    /// @throws TableException EINTR when the waiting thread is interrupted; the device runs on then
    public synchronized void suspend(boolean withoutFlush) throws TableException {
        if (suspended) {
            return;
        }
        // A target may hand its bios back from presuspend on: dm.c sets DMF_NOFLUSH_SUSPENDING before.
        if (withoutFlush && !group.onEveryThread(thread -> slotOf(thread).noflush(true))) {
            unblock();
            throw interrupted();
        }
        forEachTarget(e -> e.target.presuspend());
        final IoGroup.Token drained;
        synchronized (group) {
            blocked = true;
            drained = group.hand((thread, ack) -> slotOf(thread).block(withoutFlush, ack));
        }
        if (!drained.await() || !group.scheduler().await(this::ownBiosAreBack)) {
            forEachTarget(e -> e.target.presuspendUndo());
            unblock();
            throw interrupted();
        }
        forEachTarget(e -> e.target.postsuspend());
        suspended = true;
    }

    /// Once no request is in flight only own bios can lead to further ones.
    private boolean ownBiosAreBack() {
        long back = 0;
        for (MdThread slot : slots) {
            back += slot.ownBack();
        }
        long taken = 0;
        for (MdThread slot : slots) {
            taken += slot.ownTaken();
        }
        return back == taken;
    }

    /// On an I/O thread, while the device is being suspended.
    void ownBioBack() {
        group.scheduler().signal();
    }

    /// `entry`'s target gets its turn on `owner`'s thread.
    void queueWork(TableEntry entry, IoThread owner) {
        owner.execute(() -> {
            final MdThread slot = owner.slot(slotId);
            if (slot != null) { // the device is gone otherwise
                slot.work(entry);
            }
        });
    }

    private static TableException interrupted() {
        return new TableException("interrupted while in-flight I/O drains", EINTR, -1, -1);
    }

    /// As [#resume(boolean, Runnable)], with nothing to write down.
    public void resume(boolean withoutFlush) throws TableException {
        resume(withoutFlush, () -> {});
    }

    /// Swaps the inactive table in, if there is one, and lets the device run. When the new table cannot go live it is
    /// destroyed, and the
    /// device stays suspended with its old one, as the kernel leaves it.
    ///
    /// `beforeRun` is called when the targets have resumed and before the first request goes on: what must
    /// survive the process is written down there.
    public synchronized void resume(boolean withoutFlush, Runnable beforeRun) throws TableException {
        final LiveTable next = inactive;
        LiveTable old = null;
        if (next != null) {
            if (live != null) {
                suspend(withoutFlush); // when it is given up, the table stays loaded
            }
            inactive = null;
            try {
                final QueueLimits newLimits = live == null ? next.calculateLimits() : next.limitsAfter(limits);
                front.prepare(newLimits, next.sizeSectors(), next.readOnly());
                old = swap(next, newLimits);
            } catch (TableException e) {
                next.close();
                throw e;
            }
        } else if (live == null || !suspended) {
            return;
        }
        try {
            start(beforeRun);
        } finally {
            if (old != null) {
                old.close();
            }
        }
        if (next != null) {
            front.activate(next.sizeSectors());
        }
    }

    private @Nullable LiveTable swap(LiveTable next, QueueLimits newLimits) {
        final LiveTable old = live;
        next.readLimits();
        next.setLimits(newLimits);
        suspended = true;
        final IoGroup.Token installed;
        synchronized (group) {
            live = next;
            limits = newLimits;
            goneCounts = new long[0];
            installed = group.hand((thread, ack) -> {
                slotOf(thread).install(next);
                ack.run();
            });
        }
        installed.await();
        return old;
    }

    /// Takes over a device whose server has died: the loaded table is the one that was live, its targets
    /// [Target#recover], and the front finds the device again instead of making it. `staySuspended`: it was
    /// suspended, and its requests go on waiting.
    ///
    /// @throws TableException when a target or the front cannot; the device is to be removed then
    public synchronized void recover(boolean staySuspended, long lastEventNr, Runnable beforeRun)
            throws TableException {
        final LiveTable table = Objects.requireNonNull(inactive, "nothing is loaded");
        if (live != null) {
            throw new IllegalStateException(name + " is live");
        }
        eventNr.set(lastEventNr);
        inactive = null;
        boolean ok = false;
        try {
            final QueueLimits newLimits = table.calculateLimits();
            each(table, Target::recover);
            front.prepare(newLimits, table.sizeSectors(), table.readOnly());
            swap(table, newLimits);
            ok = true;
        } finally {
            if (!ok) {
                table.close();
            }
        }
        if (!staySuspended) {
            start(beforeRun);
        }
        front.activate(table.sizeSectors());
        event();
    }

    private void start(Runnable beforeRun) throws TableException {
        each(Objects.requireNonNull(live), Target::preresume);
        forEachTarget(e -> e.target.resume());
        suspended = false;
        beforeRun.run();
        unblock();
    }

    /// A hook that may refuse.
    private interface Hook {
        void call(Target target) throws TargetException;
    }

    private static void each(LiveTable table, Hook hook) throws TableException {
        for (TableEntry entry : table.entries) {
            try {
                hook.call(entry.target);
            } catch (TargetException e) {
                throw new TableException(
                        entry.type.name() + ": " + e.getMessage(), e.errno(), entry.index, e.argument());
            }
        }
    }

    private void unblock() {
        final IoGroup.Token done;
        synchronized (group) {
            blocked = false;
            done = group.hand((thread, ack) -> {
                slotOf(thread).unblock();
                ack.run();
            });
        }
        done.await();
    }

    /// Sends a message to the target of the live table that covers `sector`; answers its text.
    ///
    /// @throws TargetException EINVAL without a table, outside of it, or when the target takes no such message
    public synchronized String message(long sector, TargetArgs args) throws TargetException {
        final LiveTable table = live;
        if (table == null) {
            throw TargetException.invalid("The device has no table.");
        }
        final TableEntry entry = table.find(sector);
        if (entry == null) {
            throw TargetException.invalid("Target message sector outside device.");
        }
        return entry.target.message(args);
    }

    /// Ends the device: what waits fails with EIO, the tables are destroyed.
    ///
    /// @throws TableException EBUSY while a table of the group has it open
    public synchronized void remove() throws TableException {
        if (users.get() > 0) {
            throw new TableException("Device " + name + " is in use by another device of its group", EBUSY, -1, -1);
        }
        if (live != null && !suspended) {
            suspend(true);
        }
        failWaiting();
        group.forget(this);
        clear();
        final LiveTable table = live;
        live = null;
        if (table != null) {
            table.close();
        }
        event();
    }

    /// Fails what waits for a resume, so that a transport can be stopped; the device stays suspended.
    public void failWaiting() {
        group.onEveryThread(thread -> slotOf(thread).failDeferred(-EIO));
    }

    // ---- threads ----

    /// On `thread`, with the group's lock or on the thread's own task.
    void joinThread(IoThread thread) {
        if (thread.slot(slotId) != null) {
            return;
        }
        final MdThread slot = new MdThread(this, thread, poolBios, ownBios);
        synchronized (group) {
            final LiveTable table = live;
            if (table != null) {
                slot.install(table);
            }
            if (!blocked) {
                slot.unblock();
            }
        }
        thread.join(slotId, slot);
        slots.add(slot);
    }

    /// On `thread`, which serves no more, with the group's lock: its bios are garbage from now on, what it
    /// counted stays.
    void leaveThread(IoThread thread) {
        final MdThread slot = thread.slot(slotId);
        if (slot == null) {
            return;
        }
        if (slot.equipped()) {
            threadEquipped(-1);
            keepCounts(slot);
        }
        slots.remove(slot);
    }

    private void keepCounts(MdThread slot) {
        for (ReqOp op : ReqOp.values()) {
            goneRequests.addAndGet(op.ordinal(), slot.requestCount(op));
        }
        final long[] counts = slot.counts();
        final long[] sum = Arrays.copyOf(goneCounts, counts.length);
        for (int i = 0; i < counts.length; i++) {
            sum[i] += counts[i];
        }
        goneCounts = sum;
    }

    private MdThread slotOf(IoThread thread) {
        return Objects.requireNonNull(thread.slot(slotId), "thread did not join");
    }

    private void forEachTarget(Consumer<TableEntry> action) {
        final LiveTable table = live;
        if (table != null) {
            for (TableEntry entry : table.entries) {
                action.accept(entry);
            }
        }
    }
}
