package io.dmctl.targets.core;

import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A slot of one thread whose device nobody sees: it is in no list, takes no request, is never suspended.
final class BackgroundSlot implements Background, QueueContext {
    private final IoGroup group;
    private final IoThread thread;
    private final TableEntry entry;
    private final MdThread slot;
    private final int slotId;

    /// On `thread`.
    BackgroundSlot(IoGroup group, IoThread thread, int slotId, Worker worker, int ownBios) {
        this.group = group;
        this.thread = thread;
        this.slotId = slotId;
        this.entry = new TableEntry(new BackgroundType(), new WorkerTarget(worker), 0, 0, 1);
        final LiveTable table = new LiveTable(List.of(entry), false, new DeviceSet(new NoDevices()));
        this.slot = new MdThread(new MappedDevice(group, "background", slotId, 0, ownBios), thread, 0, ownBios);
        slot.install(table);
        slot.unblock();
        thread.join(slotId, slot);
    }

    @Override
    public QueueContext queue() {
        return this;
    }

    @Override
    public void queueWork() {
        thread.execute(() -> slot.work(entry));
    }

    @Override
    public void close() {
        if (slot.busyBios() != 0) {
            throw new IllegalStateException(slot.busyBios() + " bios of a background are out");
        }
        entry.closed = true;
        thread.leave(slotId);
        group.freeSlot(slotId);
    }

    // ---- the thread's queue, with this pool ----

    @Override
    @HotPath
    public @Nullable Bio newBio(
            LowerDevice dev, ReqOp op, int flags, long sector, int sectors, Data data, Completion completion) {
        final MdThread outer = thread.current;
        final TableEntry outerEntry = slot.currentEntry; // this slot's own work or completion may be running
        thread.current = slot;
        slot.currentEntry = entry;
        final Bio bio = thread.newBio(dev, op, flags, sector, sectors, data, completion);
        slot.currentEntry = outerEntry;
        thread.current = outer;
        return bio;
    }

    @Override
    public int threadIndex() {
        return thread.threadIndex();
    }

    @Override
    public long nowNs() {
        return thread.nowNs();
    }

    @Override
    public long turnNs() {
        return thread.turnNs();
    }

    @Override
    public @Nullable MemorySegment bounce(Bio bio) {
        return thread.bounce(bio);
    }

    @Override
    public void zero(Bio bio) {
        thread.zero(bio);
    }

    @Override
    public void submit(Bio bio) {
        thread.submit(bio);
    }

    @Override
    public void complete(Bio bio) {
        thread.complete(bio);
    }

    @Override
    public void requeue(Bio bio) {
        thread.requeue(bio);
    }

    @Override
    public void post(Domain owner, Bio bio) {
        thread.post(owner, bio);
    }

    @Override
    public void home(Bio bio) {
        thread.home(bio);
    }

    @Override
    public void timer(Bio bio, long delayNs) {
        thread.timer(bio, delayNs);
    }

    // ---- what stands for a table line ----

    private record WorkerTarget(Worker worker) implements Target {
        @Override
        public TargetLimits limits() {
            return TargetLimits.NONE;
        }

        @Override
        public MapResult map(Bio bio, QueueContext q) {
            return MapResult.KILL;
        }

        @Override
        public @Nullable Object newPerIo() {
            return worker.newPerIo();
        }

        @Override
        public void work(Domain owner, QueueContext q) {
            worker.work(q);
        }

        @Override
        public void status(StatusSink out, StatusType type, boolean noflush) {}

        @Override
        public void iterateDevices(DeviceVisitor visitor) {}
    }

    private record BackgroundType() implements TargetType {
        @Override
        public String name() {
            return "background";
        }

        @Override
        public TargetVersion version() {
            return new TargetVersion(1, 0, 0);
        }

        @Override
        public List<DeviceArg> deviceArgs(TargetArgs args) {
            return List.of();
        }

        @Override
        public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
            throw TargetException.invalid("background is no target of a table");
        }
    }

    private record NoDevices() implements DeviceOpener {
        @Override
        public BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
            throw TargetException.invalid("a background opens no device");
        }

        @Override
        public void close(BlockDevice device) {}
    }
}
