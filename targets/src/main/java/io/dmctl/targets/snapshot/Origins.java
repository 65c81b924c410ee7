package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The origins of a group, by device, as long as a target uses them.
///
/// Thread rule: any control thread; a change replaces the map.
///
/// @kernel drivers/md/dm-snap.c `_origins`
final class Origins {
    private record Used(Origin origin, int users) {}

    private final AtomicReference<Map<LowerDevice, Used>> map = new AtomicReference<>(Map.of());

    Origins() {}

    /// The origin `dev`, used once more. Each use is ended by [#release].
    static Origin acquire(TargetContext ti, LowerDevice dev) {
        final Origins all = ti.shared(Origins.class, Origins::new);
        final Origin made = new Origin(dev, ti.domain("snapshot origin " + dev.name()));
        final Map<LowerDevice, Used> now = all.map.updateAndGet(old -> with(old, dev, made, 1));
        final Origin origin = Objects.requireNonNull(now.get(dev)).origin();
        ti.run(origin.domain(), () -> origin.open(ti));
        return origin;
    }

    static void release(TargetContext ti, Origin origin) {
        final Origins all = ti.shared(Origins.class, Origins::new);
        final Map<LowerDevice, Used> now = all.map.updateAndGet(old -> with(old, origin.dev(), origin, -1));
        final @Nullable Used left = now.get(origin.dev());
        if (left == null || left.origin() != origin) {
            ti.run(origin.domain(), origin::close);
        }
    }

    private static Map<LowerDevice, Used> with(Map<LowerDevice, Used> old, LowerDevice dev, Origin made, int more) {
        final Map<LowerDevice, Used> next = new HashMap<>(old);
        final @Nullable Used was = next.get(dev);
        final Used is = was == null ? new Used(made, more) : new Used(was.origin(), was.users() + more);
        if (is.users() > 0) {
            next.put(dev, is);
        } else {
            next.remove(dev);
        }
        return Map.copyOf(next);
    }
}
