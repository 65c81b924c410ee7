package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.Domain;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.support.Kcopyd;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A device that has snapshots: which ones, and what a write to it has to wait for.
///
/// Thread rule: its domain's thread, but for [#view].
///
/// @kernel drivers/md/dm-snap.c `struct origin` `__origin_write`
final class Origin implements Background.Worker, AutoCloseable {
    private static final int COPY_BUFFERS = 16;
    private static final int COPY_SECTORS = 128;

    private final LowerDevice dev;
    private final Domain domain;
    /// The largest chunks first, as the kernel sorts them.
    private final List<Member> members = new ArrayList<>();
    /// All that are open, also those whose target is on its way out.
    private final List<Cow> cows = new ArrayList<>();
    private volatile View view = new View(List.of());
    private @Nullable Kcopyd kcopyd;
    private @Nullable Background background;

    Origin(LowerDevice dev, Domain domain) {
        this.dev = dev;
        this.domain = domain;
    }

    /// The snapshots that writes to the origin are copied out to, for queues.
    static final class View {
        final Cow[] cows;
        /// The smallest chunk of them, in sectors; 0 without any.
        final int minChunkSectors;

        View(List<Cow> list) {
            cows = list.toArray(new Cow[0]);
            minChunkSectors = list.stream().mapToInt(Cow::chunkSectors).min().orElse(0);
        }

        @HotPath
        boolean allowsWrite(long sector) {
            for (Cow cow : cows) {
                if (!cow.allowsOriginWrite(sector)) {
                    return false;
                }
            }
            return true;
        }

        /// How many of `sectors` from `sector` lie within one chunk of every snapshot.
        @HotPath
        int withinChunks(long sector, int sectors) {
            if (minChunkSectors == 0) {
                return sectors;
            }
            return (int) Math.min(sectors, minChunkSectors - (sector & (minChunkSectors - 1)));
        }
    }

    LowerDevice dev() {
        return dev;
    }

    Domain domain() {
        return domain;
    }

    View view() {
        return view;
    }

    /// Before anything else is done with it; more than once is as good as once.
    void open(TargetContext ti) {
        if (background == null) {
            background = ti.background(domain, this);
        }
    }

    /// What the origin and its snapshots do here goes on while one of them is suspended, and is not its: all
    /// bios of their own are taken here.
    QueueContext queue() {
        return Objects.requireNonNull(background, "origin is not open").queue();
    }

    Kcopyd kcopyd() {
        Kcopyd k = kcopyd;
        if (k == null) {
            k = new Kcopyd(COPY_BUFFERS, COPY_SECTORS);
            kcopyd = k;
        }
        return k;
    }

    // ---- members ----

    List<Member> members() {
        return members;
    }

    void add(Member member) {
        int at = 0;
        while (at < members.size() && members.get(at).chunkSectors() >= member.chunkSectors()) {
            at++;
        }
        members.add(at, member);
        publish();
    }

    void remove(Member member) {
        members.remove(member);
        publish();
    }

    void opened(Cow cow) {
        cows.add(cow);
    }

    void closed(Cow cow) {
        cows.remove(cow);
    }

    /// Something about a member has changed.
    void publish() {
        final List<Cow> cows = new ArrayList<>();
        for (Member member : members) {
            final Cow cow = member.cow();
            if (member.isActive() && !member.isMerge() && cow != null) {
                cows.add(cow);
            }
        }
        view = new View(cows);
    }

    // ---- writes ----

    /// A write of the origin goes there, or waits for the first exception that it needs.
    void write(SnapIo io, QueueContext q) {
        final long sector = io.bio().sector();
        if (copyOut(sector, io, q)) {
            io.stage = SnapIo.Stage.PASSING;
            io.bio().remap(dev, sector);
            q.home(io.bio());
        }
    }

    /// Sees to it that every snapshot has the chunk at `sector`. False: not yet; `io`, if any, waits for one of
    /// the exceptions and is tried again then.
    boolean copyOut(long sector, @Nullable SnapIo io, QueueContext q) {
        SnapIo waiter = io;
        boolean ready = true;
        Pending last = null;
        for (Cow cow : view.cows) {
            final Pending p = cow.forOriginWrite(sector, q);
            if (p == null && !cow.awaitsDrop()) {
                continue;
            }
            ready = false;
            if (p == null) {
                if (waiter != null) {
                    cow.retryAfterDrop(waiter);
                    waiter = null;
                }
            } else if (waiter != null) {
                p.originIos.add(waiter);
                waiter = null;
                last = p; // the others get a head start
            } else {
                cow.startCopy(p, q);
            }
        }
        if (last != null) {
            last.cow.startCopy(last, q);
        }
        return ready;
    }

    /// An exception is complete, or given up.
    void exceptionDone(QueueContext q) {
        for (int i = 0; i < cows.size(); i++) {
            final Merge merge = cows.get(i).merge();
            if (merge != null) {
                merge.exceptionDone(q);
            }
        }
    }

    // ---- bios of its own ----

    @Override
    public Object newPerIo() {
        return new SnapIo((io, q) -> {
            throw new IllegalStateException("a bio of the origin's own is not mapped");
        });
    }

    /// There is a bio again.
    @Override
    public void work(QueueContext q) {
        for (Cow cow : cows) {
            cow.retry(q);
        }
        final Kcopyd k = kcopyd;
        if (k != null) {
            k.run(q);
        }
    }

    @Override
    public void close() {
        final Kcopyd k = kcopyd;
        if (k != null) {
            k.close();
        }
        if (background != null) {
            background.close();
        }
    }
}
