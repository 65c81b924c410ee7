package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What `snapshot` and `snapshot-merge` have in common: all but where a bio goes.
///
/// @kernel drivers/md/dm-snap.c
abstract class CowTarget implements Target, SnapIo.Mapper {
    private static final int EIO = 5;

    final TargetContext ti;
    final Member member;
    final Origin origin;

    CowTarget(Member member, Origin origin) {
        this.ti = member.ti();
        this.member = member;
        this.origin = origin;
    }

    final SnapshotArgs args() {
        return member.args();
    }

    @Override
    public final Object newPerIo() {
        return new SnapIo(this);
    }

    /// Leaves the bio to the domain.
    @HotPath
    final void toDomain(SnapIo io, QueueContext q) {
        io.stage = SnapIo.Stage.MAPPING;
        q.post(origin.domain(), io.bio());
    }

    @Override
    @HotPath
    public final EndIoResult endIo(Bio bio, QueueContext q) {
        final SnapIo io = SnapIo.of(bio);
        switch (io.stage) {
            case PASSING, MAPPING, LEFT -> {
                return EndIoResult.DONE;
            }
            case TRACKED -> {
                if (!io.cow().tracker.leave(io.slot)) {
                    return EndIoResult.DONE;
                }
                io.stage = SnapIo.Stage.LEFT;
            }
            case FULL -> {}
        }
        q.post(origin.domain(), bio);
        return EndIoResult.INCOMPLETE;
    }

    @Override
    @HotPath
    public final void work(Bio bio, QueueContext q) {
        final SnapIo io = SnapIo.of(bio);
        final Cow cow = io.cowOrNull();
        final QueueContext own = origin.queue();
        switch (io.stage) {
            case MAPPING -> mapOnDomain(io, own);
            case LEFT -> {
                io.stage = SnapIo.Stage.PASSING;
                q.complete(bio);
            }
            case FULL -> io.cow().copied(Objects.requireNonNull(io.pending), bio.status() == 0, own);
            case PASSING, TRACKED -> throw new IllegalStateException("posted in stage " + io.stage);
        }
        if (cow != null) {
            cow.drain(own);
        }
    }

    // ---- hooks ----

    @Override
    public final void preresume() throws TargetException {
        final AtomicReference<@Nullable TargetException> refused = new AtomicReference<>();
        ti.run(origin.domain(), () -> {
            try {
                Handover.of(origin, member).validateResume(member);
            } catch (TargetException e) {
                refused.set(e);
            }
        });
        final TargetException e = refused.get();
        if (e != null) {
            throw e;
        }
    }

    @Override
    public void resume() {
        member.suspended(false);
        ti.run(origin.domain(), () -> {
            Handover.of(origin, member).perform();
            member.activate();
            origin.remove(member);
            origin.add(member);
        });
    }

    @Override
    public void postsuspend() {
        member.suspended(true);
    }

    /// A persistent store was read by the constructor: what was acknowledged is in it.
    @Override
    public final void recover() throws TargetException {
        if (!args().persistent()) {
            throw new TargetException("a transient snapshot does not outlive its server", EIO, -1);
        }
    }

    // ---- what it is ----

    @Override
    public final void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> info(out);
            case TABLE -> {
                final Cow cow = member.cow();
                args().status(out, cow == null ? 0 : cow.chunkSectors());
            }
        }
    }

    private void info(StatusSink out) {
        final Cow cow = member.cow();
        if (member.isOver() || (cow != null && !cow.isValid())) {
            out.text("Invalid");
        } else if (cow == null) {
            out.text("0/").number(args().cow().sizeSectors()).text(" 0");
        } else if (cow.isMergeFailed()) {
            out.text("Merge failed");
        } else if (cow.isOverflowed()) {
            out.text("Overflow");
        } else {
            out.number(cow.store.allocatedSectors())
                    .text("/")
                    .number(cow.dev.sizeSectors())
                    .text(" ")
                    .number(cow.store.metadataSectors());
        }
    }

    final int discardBios() {
        return args().discardZeroesCow() ? (args().discardPassdownOrigin() ? 2 : 1) : 0;
    }

    /// A discard stays within a chunk. In bytes: the kernel has sectors here, and divides by zero.
    @Override
    public final void ioHints(QueueLimits.Builder limits) {
        if (args().discardZeroesCow()) {
            limits.discardGranularity = member.chunkSectors() << 9;
            limits.maxDiscardSectors = member.chunkSectors();
        }
    }

    @Override
    public final void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(args().origin(), 0, ti.lenSectors());
        visitor.visit(args().cow(), 0, args().cow().sizeSectors());
    }

    @Override
    public void close() {
        ti.run(origin.domain(), () -> {
            Handover.of(origin, member).cancel(member);
            origin.remove(member);
            final Cow cow = member.cow();
            if (cow != null) {
                cow.beginClose();
            }
        });
        final Cow cow = member.cow();
        if (cow != null) {
            // Writes to the origin may be waiting for its exceptions.
            while (!cow.isIdle()) {
                ti.await(cow::isIdle);
            }
            ti.run(origin.domain(), () -> origin.closed(cow));
            cow.close();
        }
        Origins.release(ti, origin);
    }
}
