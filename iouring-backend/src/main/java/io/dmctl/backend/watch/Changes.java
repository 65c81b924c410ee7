package io.dmctl.backend.watch;

import io.dmctl.backend.watch.DeviceEvent.Kind;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatusLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares two looks at all devices. What happened twice between them is told once.
final class Changes {
    private final List<Integer> thresholds;
    /// The highest threshold that each fill has reached.
    private final Map<Filled, Integer> told = new LinkedHashMap<>();
    private final List<DeviceEvent> events = new ArrayList<>();

    /// A fill of the target at a sector of a device.
    private record Filled(DmName name, long startSector, String what) {}

    /// `thresholds`: percents that are told when a fill reaches them, and again after it has been below.
    Changes(List<Integer> thresholds) {
        this.thresholds = List.copyOf(thresholds);
    }

    List<DeviceEvent> between(Map<DmName, DeviceView> before, Map<DmName, DeviceView> after) {
        events.clear();
        final Map<DmName, DeviceView> gone = new LinkedHashMap<>(before);
        gone.keySet().removeAll(after.keySet());
        after.forEach((name, now) -> {
            DeviceView was = before.get(name);
            if (was == null) {
                was = renamedFrom(gone, now);
            }
            if (was == null) {
                add(Kind.CREATED, now, "");
            } else {
                compare(was, now);
            }
        });
        gone.values().forEach(was -> add(Kind.REMOVED, was, ""));
        after.values().forEach(this::fills);
        told.keySet().removeIf(filled -> !after.containsKey(filled.name()));
        return List.copyOf(events);
    }

    private static @Nullable DeviceView renamedFrom(Map<DmName, DeviceView> gone, DeviceView now) {
        for (DeviceView was : gone.values()) {
            if (was.isRenamed(now)) {
                gone.remove(was.name());
                return was;
            }
        }
        return null;
    }

    private void compare(DeviceView was, DeviceView now) {
        if (!was.name().equals(now.name())) {
            add(Kind.RENAMED, now, was.name().toString());
        }
        if (!was.table().equals(now.table())) {
            add(Kind.TABLE, now, "");
        }
        if (was.info().suspended() != now.info().suspended()) {
            add(now.info().suspended() ? Kind.SUSPENDED : Kind.RESUMED, now, "");
        }
        // A rename raises the number, too.
        if (was.info().eventNr() != now.info().eventNr() && was.name().equals(now.name())) {
            add(Kind.EVENT, now, now.status().stream().map(Object::toString).collect(Collectors.joining("; ")));
        }
    }

    private void fills(DeviceView device) {
        for (DmStatusLine line : device.status()) {
            for (Fill fill : Fill.of(line)) {
                final Filled key = new Filled(device.name(), line.startSector(), fill.what());
                final int reached = thresholds.stream()
                        .filter(t -> fill.percent() >= t)
                        .max(Integer::compare)
                        .orElse(0);
                if (reached > told.getOrDefault(key, 0)) {
                    add(Kind.THRESHOLD, device, fill + " reached " + reached + "%");
                }
                told.put(key, reached);
            }
        }
    }

    private void add(Kind kind, DeviceView device, String detail) {
        events.add(new DeviceEvent(
                kind, device.engine(), device.name(), device.info().eventNr(), detail));
    }
}
