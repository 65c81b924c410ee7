package io.dmctl.targets.mirror;

import io.dmctl.targets.mirror.MirrorState.Flag;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.Completion;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.Objects;

/// A log on a device: a header, and from byte 1024 on a bit a region, set when it is clean. Written as a whole. Before
/// a
/// bit is set the legs are flushed; before a region is written its bit is cleared and the log flushed.
///
/// Thread rule: that of [DirtyLog]. The buffer is this object's.
///
/// @kernel drivers/md/dm-log.c `disk_*` `read_header` `struct log_header_disk`
final class DiskLog extends DirtyLog {
    private enum Step {
        IDLE,
        LOAD_READ,
        LOAD_WRITE,
        LOAD_FLUSH,
        FLUSH_LEGS,
        WRITE,
        FLUSH
    }

    private static final System.Logger LOG = System.getLogger(DiskLog.class.getName());

    private final LowerDevice dev;
    private final Legs legs;
    private final Runnable event;
    private final LogBuffer buffer;
    private final Completion stepDone = this::stepDone;
    private final Completion legFlushed = this::legFlushed;
    private Step step = Step.IDLE;
    private boolean submitted;
    private int legsTodo;
    private int legsPending;
    private boolean legFailed;
    private boolean dirtied;
    private boolean cleaned;
    private final MirrorState state;
    /// The log of a process that died is to be read.
    private boolean recovering;

    DiskLog(TargetContext ti, MirrorState state, LogArgs args, Listener listener, Legs legs) throws TargetException {
        super(ti, state, args, listener);
        this.state = state;
        recovering = state.recovered();
        this.dev = Objects.requireNonNull(args.device());
        this.legs = legs;
        this.event = ti::tableEvent;
        buffer = new LogBuffer(args.regionCount(), dev);
    }

    @Override
    boolean persistent() {
        return true;
    }

    @Override
    boolean busy() {
        return step != Step.IDLE;
    }

    // ---- bits ----

    @Override
    @HotPath
    boolean mark(long region) {
        if (buffer.isClean(region)) {
            buffer.setClean(region, false);
            dirtied = true;
        }
        return !dirtied;
    }

    @Override
    @HotPath
    void clean(long region) {
        if (!state.is(Flag.NEVER_CLEAN)) {
            buffer.setClean(region, true);
            cleaned = true;
        }
    }

    // ---- I/O, one step after the other ----

    @Override
    void load(QueueContext q) {
        restartSearch();
        begin(Step.LOAD_READ, q);
    }

    @Override
    @HotPath
    void flush(QueueContext q) {
        if (cleaned) {
            legFailed = false;
            legsTodo = (1 << legs.count()) - 1;
            begin(Step.FLUSH_LEGS, q);
        } else {
            begin(Step.WRITE, q);
        }
    }

    private void begin(Step next, QueueContext q) {
        step = next;
        submitted = false;
        run(q);
    }

    @Override
    @HotPath
    void run(QueueContext q) {
        switch (step) {
            case IDLE -> {}
            case FLUSH_LEGS -> flushLegs(q);
            case LOAD_READ -> submit(ReqOp.READ, q);
            case LOAD_WRITE, WRITE -> submit(ReqOp.WRITE, q);
            case LOAD_FLUSH, FLUSH -> submit(ReqOp.FLUSH, q);
        }
    }

    private void submit(ReqOp op, QueueContext q) {
        if (submitted) {
            return;
        }
        final int sectors = op == ReqOp.FLUSH ? 0 : buffer.sectors();
        final Bio bio = q.newBio(dev, op, 0, 0, sectors, op == ReqOp.FLUSH ? Data.NONE : buffer.data(), stepDone);
        if (bio != null) {
            submitted = true;
            q.submit(bio);
        }
    }

    private void stepDone(Bio bio, QueueContext q) {
        final boolean ok = bio.status() == 0;
        switch (step) {
            case LOAD_READ -> {
                loaded(ok);
                begin(Step.LOAD_WRITE, q);
            }
            case LOAD_WRITE -> {
                if (ok) {
                    begin(Step.LOAD_FLUSH, q);
                } else {
                    endLoad(false, q);
                }
            }
            case LOAD_FLUSH -> {
                flushed(ok);
                endLoad(ok, q);
            }
            case WRITE -> written(ok, q);
            case FLUSH -> {
                flushed(ok);
                dirtied = !ok;
                endFlush(ok, q);
            }
            case IDLE, FLUSH_LEGS -> throw new IllegalStateException("log I/O done in step " + step);
        }
    }

    private void flushLegs(QueueContext q) {
        while (legsTodo != 0) {
            final int leg = Integer.numberOfTrailingZeros(legsTodo);
            final Bio bio = q.newBio(legs.get(leg).dev, ReqOp.FLUSH, 0, 0, 0, Data.NONE, legFlushed);
            if (bio == null) {
                return;
            }
            ((MirrorIo) Objects.requireNonNull(bio.perIo())).leg = leg;
            legsTodo &= legsTodo - 1;
            legsPending++;
            q.submit(bio);
        }
    }

    private void legFlushed(Bio bio, QueueContext q) {
        if (bio.status() != 0) {
            legFailed = true;
            legs.fail(((MirrorIo) Objects.requireNonNull(bio.perIo())).leg, Leg.Failure.FLUSH);
        }
        if (--legsPending == 0 && legsTodo == 0) {
            if (legFailed) {
                state.set(Flag.NEVER_CLEAN, true);
                buffer.setAll(false);
                dirtied = true;
            }
            begin(Step.WRITE, q);
        }
    }

    private void written(boolean ok, QueueContext q) {
        if (ok) {
            cleaned = false;
            if (dirtied) {
                begin(Step.FLUSH, q);
                return;
            }
        }
        endFlush(ok, q);
    }

    private void endFlush(boolean ok, QueueContext q) {
        step = Step.IDLE;
        if (!ok) {
            failDevice();
        }
        listener.logFlushed(!ok, q);
    }

    private void endLoad(boolean ok, QueueContext q) {
        step = Step.IDLE;
        dirtied = !ok;
        cleaned = false;
        if (!ok) {
            LOG.log(System.Logger.Level.WARNING, "mirror: {0}: failed to write the log''s header", dev.name());
            failDevice();
        }
        listener.logLoaded(q);
    }

    private void flushed(boolean ok) {
        if (!ok) {
            state.set(Flag.LOG_FLUSH_FAILED, true);
        }
    }

    private void failDevice() {
        if (!state.is(Flag.LOG_DEVICE_FAILED)) {
            state.set(Flag.LOG_DEVICE_FAILED, true);
            event.run();
        }
    }

    // ---- the header ----

    private void loaded(boolean read) {
        int version = 0;
        if (!read) {
            LOG.log(System.Logger.Level.WARNING, "mirror: {0}: failed to read the log''s header", dev.name());
            failDevice(); // all regions are taken as out of sync
        } else if (args.sync() == LogArgs.Sync.DEFAULT || recovering) {
            version = buffer.version();
            if (version != 0 && !LogBuffer.known(version)) {
                LOG.log(System.Logger.Level.WARNING, "mirror: {0}: incompatible log version", dev.name());
                failDevice();
            }
        }
        buffer.resize(LogBuffer.known(version) ? buffer.knownRegions() : 0, args.sync() == LogArgs.Sync.NOSYNC);
        for (long region = 0; region < args.regionCount(); region++) {
            if (recovering && !inSync(region)) {
                buffer.setClean(region, false); // the process knew more than its log
            }
            setSync(region, buffer.isClean(region));
        }
        recovering = false;
        buffer.setHeader(version);
    }

    // ---- status ----

    @Override
    void info(StatusSink out) {
        out.text("3 disk ")
                .text(dev.name())
                .text(state.is(Flag.LOG_FLUSH_FAILED) ? " F" : state.is(Flag.LOG_DEVICE_FAILED) ? " D" : " A");
    }

    @Override
    void table(StatusSink out) {
        out.text(args.sync() == LogArgs.Sync.DEFAULT ? "disk 2 " : "disk 3 ")
                .text(dev.name())
                .text(" ")
                .number(args.regionSectors())
                .text(syncWord());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
