package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Makes a `snapshot` or `snapshot-merge`: joins the origin's members, then reads the store, unless that is to
/// be handed over by the target whose place it takes.
///
/// @kernel drivers/md/dm-snap.c `snapshot_ctr`
final class SnapshotCtr {
    private final TargetContext ti;
    private final SnapshotArgs args;
    private final Member member;

    SnapshotCtr(TargetContext ti, SnapshotArgs args, boolean merge) {
        this.ti = ti;
        this.args = args;
        this.member = new Member(ti, args, merge);
    }

    static List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() < 4 ? List.of() : List.of(new DeviceArg(0, args.word(0)), new DeviceArg(1, args.word(1)));
    }

    /// The origin: it has the state of all its snapshots.
    static List<DeviceArg> sharedDevices(TargetArgs args) {
        return args.count() < 4 ? List.of() : List.of(new DeviceArg(0, args.word(0)));
    }

    /// A transient store is lost with its process.
    static boolean recovers(TargetArgs args) {
        return args.count() < 4 || !args.word(2).toUpperCase(Locale.ROOT).startsWith("N");
    }

    <T extends CowTarget> T make(BiFunction<Member, Origin, T> target) throws TargetException {
        final Origin origin = Origins.acquire(ti, args.origin());
        boolean ok = false;
        try {
            if (!join(origin)) {
                boolean loaded = false;
                try {
                    load(origin);
                    loaded = true;
                } finally {
                    if (!loaded) {
                        ti.run(origin.domain(), () -> origin.remove(member));
                    }
                }
            }
            ok = true;
            return target.apply(member, origin);
        } finally {
            if (!ok) {
                Origins.release(ti, origin);
            }
        }
    }

    /// True: it waits for a handover.
    private boolean join(Origin origin) throws TargetException {
        final AtomicReference<@Nullable TargetException> refused = new AtomicReference<>();
        final boolean[] waits = new boolean[1];
        ti.run(origin.domain(), () -> {
            final Handover pair = Handover.of(origin, member);
            try {
                waits[0] = pair.validate(member);
                if (waits[0] && pair.source() != null) {
                    member.await(pair.source());
                }
                origin.add(member);
            } catch (TargetException e) {
                refused.set(e);
            }
        });
        final TargetException e = refused.get();
        if (e != null) {
            throw e;
        }
        return waits[0];
    }

    private void load(Origin origin) throws TargetException {
        final Cow cow;
        if (args.persistent()) {
            final CowLoader loader = new CowLoader(ti.blockingIo(), args.cow(), args.chunkRule());
            final PersistentStore store = loader.load(args.chunkSectors());
            cow = new Cow(origin, args.cow(), store, loader.exceptions(), loader.isValid(), member);
        } else {
            if (args.chunkSectors() == 0) {
                throw new TargetException("Chunk size not set", TargetException.EINVAL, 3);
            }
            final ExceptionStore store = new TransientStore(args.cow(), args.chunkSectors());
            cow = new Cow(origin, args.cow(), store, new ExceptionTable(), true, member);
        }
        ti.run(origin.domain(), () -> {
            member.cow(cow);
            origin.opened(cow);
            origin.remove(member);
            origin.add(member);
        });
    }
}
