package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.support.Kcopyd;
import io.dmctl.targets.support.KcopydJob;
import org.jspecify.annotations.Nullable;

/// Copies regions that are not in sync from the default leg to the others, one at a time.
///
/// Thread rule: the mirror's domain.
///
/// @kernel drivers/md/dm-raid1.c `do_recovery` `recover` `recovery_complete`
final class Recovery implements AutoCloseable {
    private static final int BUFFERS = 4;

    private final MirrorSet set;
    private final Kcopyd kcopyd = new Kcopyd(BUFFERS, Kcopyd.SUB_JOB_SECTORS);
    private final KcopydJob.Notify copied = this::copied;
    private final IoList delayed = new IoList();
    private @Nullable Region region;
    private boolean copying;
    /// The leg that is copied from.
    private int from;

    Recovery(MirrorSet set) {
        this.set = set;
    }

    /// Goes on: with the copy, with the region once its writes are done, with the next region.
    void run(QueueContext q) {
        kcopyd.run(q);
        Region now = region;
        if (now == null) {
            now = next();
            region = now;
        }
        if (now != null && !copying && now.pending == 0) {
            copying = true;
            copy(now.key, q);
        }
    }

    private @Nullable Region next() {
        final long key = set.running() ? set.log.nextResync() : -1;
        if (key < 0) {
            return null;
        }
        Region next = set.regions.get(key);
        if (next == null) {
            next = set.regions.add(key, Region.State.NOSYNC);
        }
        next.state = Region.State.RECOVERING;
        return next;
    }

    private void copy(long key, QueueContext q) {
        final long regionSectors = set.log.args.regionSectors();
        final long sector = key * regionSectors;
        final long sectors = Math.min(regionSectors, set.ti.lenSectors() - sector);
        from = set.legs.defaultLeg();
        final Leg source = set.legs.get(from);
        final KcopydJob job = kcopyd.newJob()
                .from(source.dev, source.offsetSectors + sector, sectors)
                .ignoreErrors(!set.features.handleErrors())
                .notify(copied, null);
        for (int i = 0; i < set.legs.count(); i++) {
            if (i != from) {
                final Leg leg = set.legs.get(i);
                job.to(leg.dev, leg.offsetSectors + sector);
            }
        }
        kcopyd.submit(job, q);
    }

    private void copied(KcopydJob job, QueueContext q) {
        copying = false;
        final int errors = job.writeErrors();
        if (job.readError()) {
            set.legs.fail(from, Leg.Failure.SYNC);
        }
        if (errors != 0) {
            for (int i = 0; i < set.legs.count(); i++) {
                final int destination = i < from ? i : i - 1;
                if (i != from && (errors & 1 << destination) != 0) {
                    set.legs.fail(i, Leg.Failure.SYNC);
                }
            }
        }
        end(!job.readError() && errors == 0, q);
    }

    /// A write to the region failed before the copy began.
    void giveUp(QueueContext q) {
        final Region lost = region;
        region = null;
        if (lost != null) {
            delayed.addAll(lost.delayed);
            goOn(q);
        }
    }

    private void end(boolean success, QueueContext q) {
        final Region done = region;
        region = null;
        if (done == null) {
            return;
        }
        delayed.addAll(done.delayed);
        // Without errors handled a region counts as copied though it was not; the log keeps it dirty.
        set.log.setSync(done.key, success || !set.features.handleErrors());
        if (success && !set.writes.flushFailure()) {
            done.logged = true;
            set.idle(done, q);
        } else {
            set.regions.remove(done);
        }
        checkComplete();
        goOn(q);
    }

    private void goOn(QueueContext q) {
        set.writes.again(delayed, q);
        run(q);
    }

    /// Tells, once, that all regions are in sync. Not after a flush that failed: then nobody knows.
    void checkComplete() {
        if (!set.legs.inSync() && !set.writes.flushFailure() && set.log.syncCount() == set.log.args.regionCount()) {
            set.legs.allInSync();
        }
    }

    @Override
    public void close() {
        kcopyd.close();
    }
}
