package io.dmctl.targets.mirror;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetContext;

/// All copies. One is the default: reads go to it, recovery copies from it.
///
/// Thread rule: [#choose] and the volatile fields on any thread, the rest on the mirror's domain.
///
/// @kernel drivers/md/dm-raid1.c `fail_mirror` `choose_mirror`
final class Legs {
    private static final System.Logger LOG = System.getLogger(Legs.class.getName());

    private final TargetContext ti;
    private final MirrorTargetType.Features features;
    private final Leg[] legs;
    private volatile int defaultLeg;
    /// Has any leg failed since the legs were last in sync?
    private boolean anyFailed;
    /// Are all regions in sync? Set when the last one is, no longer once a write failed somewhere.
    private boolean inSync;

    Legs(TargetContext ti, MirrorTargetType.Features features, Leg[] legs, boolean inSync) {
        this.ti = ti;
        this.features = features;
        this.legs = legs;
        this.inSync = inSync;
    }

    int count() {
        return legs.length;
    }

    Leg get(int index) {
        return legs[index];
    }

    int defaultLeg() {
        return defaultLeg;
    }

    boolean defaultOk() {
        return !legs[defaultLeg].failed();
    }

    boolean anyFailed() {
        return anyFailed;
    }

    boolean inSync() {
        return inSync;
    }

    void outOfSync() {
        inSync = false;
    }

    /// Every region is in sync: what was wrong with a leg is over.
    void allInSync() {
        inSync = true;
        anyFailed = false;
        for (Leg leg : legs) {
            leg.reset();
        }
        ti.tableEvent();
    }

    /// A leg to read a region in sync from: the default one, or the next without errors before it. -1: none.
    @HotPath
    int choose() {
        final int first = defaultLeg;
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
        anyFailed = true;
        if (!legs[index].fail(kind)) {
            return;
        }
        LOG.log(System.Logger.Level.WARNING, "mirror: {0} failed: {1}", legs[index].dev.name(), kind);
        if (features.handleErrors()) {
            if (index == defaultLeg) {
                replaceDefault();
            }
            ti.tableEvent();
        }
    }

    private void replaceDefault() {
        if (!inSync && !features.keepLog()) {
            return; // rather a leg that fails than one with other data
        }
        final int next = firstValid();
        if (next >= 0) {
            defaultLeg = next;
        }
    }
}
