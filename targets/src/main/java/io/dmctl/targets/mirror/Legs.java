package io.dmctl.targets.mirror;

import io.dmctl.targets.mirror.MirrorState.Flag;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetContext;

/// All copies. One is the default: reads go to it, recovery copies from it.
///
/// Thread rule: [#choose] and what is asked on any thread, the rest on the mirror's domain.
///
/// @kernel drivers/md/dm-raid1.c `fail_mirror` `choose_mirror`
final class Legs {
    private static final System.Logger LOG = System.getLogger(Legs.class.getName());

    private final TargetContext ti;
    private final MirrorTargetType.Features features;
    private final Leg[] legs;
    private final MirrorState state;

    Legs(TargetContext ti, MirrorTargetType.Features features, Leg[] legs, MirrorState state) {
        this.ti = ti;
        this.features = features;
        this.legs = legs;
        this.state = state;
    }

    int count() {
        return legs.length;
    }

    Leg get(int index) {
        return legs[index];
    }

    int defaultLeg() {
        return state.defaultLeg();
    }

    boolean defaultOk() {
        return !legs[defaultLeg()].failed();
    }

    boolean anyFailed() {
        return state.is(Flag.ANY_LEG_FAILED);
    }

    boolean inSync() {
        return state.is(Flag.IN_SYNC);
    }

    void outOfSync() {
        state.set(Flag.IN_SYNC, false);
    }

    /// Every region is in sync: what was wrong with a leg is over.
    void allInSync() {
        state.set(Flag.IN_SYNC, true);
        state.set(Flag.ANY_LEG_FAILED, false);
        for (Leg leg : legs) {
            leg.reset();
        }
        ti.tableEvent();
    }

    /// A leg to read a region in sync from: the default one, or the next without errors before it. -1: none.
    @HotPath
    int choose() {
        final int first = defaultLeg();
        int i = first;
        do {
            if (!legs[i].failed()) {
                return i;
            }
            i = i == 0 ? legs.length - 1 : i - 1;
        } while (i != first);
        return -1;
    }

    boolean noneValid() {
        return firstValid() < 0;
    }

    private int firstValid() {
        for (int i = 0; i < legs.length; i++) {
            if (!legs[i].failed()) {
                return i;
            }
        }
        return -1;
    }

    /// Notes an error. With errors handled, another leg becomes the default where its data can be trusted.
    void fail(int index, Leg.Failure kind) {
        state.set(Flag.ANY_LEG_FAILED, true);
        if (!legs[index].fail(kind)) {
            return;
        }
        LOG.log(System.Logger.Level.WARNING, "mirror: {0} failed: {1}", legs[index].dev.name(), kind);
        if (features.handleErrors()) {
            if (index == defaultLeg()) {
                replaceDefault();
            }
            ti.tableEvent();
        }
    }

    private void replaceDefault() {
        if (!inSync() && !features.keepLog()) {
            return; // rather a leg that fails than one with other data
        }
        final int next = firstValid();
        if (next >= 0) {
            state.defaultLeg(next);
        }
    }
}
