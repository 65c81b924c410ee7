package io.dmctl.backend.state;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.KeyMask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Makes a [Plan]: removals of what nothing keeps in use, renames, uuids, then devices from the lowest up, then
/// the other removals.
final class Planner {
    private final Map<DmName, DeviceSpec> wanted = new LinkedHashMap<>();
    private final LiveState live;
    private final boolean prune;
    /// The device that is there and becomes the one of this name.
    private final Map<DmName, LiveDevice> becomes = new HashMap<>();
    private final DeviceWords words = new DeviceWords();
    private final List<Action> actions = new ArrayList<>();

    Planner(List<DeviceSpec> wanted, LiveState live, boolean prune) {
        wanted.forEach(spec -> this.wanted.put(spec.name(), spec));
        this.live = live;
        this.prune = prune;
    }

    Plan plan() throws StateException {
        match();
        learnNames();
        final Set<DmName> extra = extra();
        final Set<DmName> kept = keptInUse(extra);
        remove(extra, name -> !kept.contains(name));
        rename();
        for (DeviceSpec spec : lowestFirst()) {
            put(spec);
        }
        remove(extra, kept::contains);
        return new Plan(actions);
    }

    // ---- which device is which ----

    private void match() throws StateException {
        for (DeviceSpec spec : wanted.values()) {
            final Optional<LiveDevice> found = live.find(spec.name()).or(() -> byUuid(spec));
            if (found.isPresent()) {
                requireSame(spec, found.get());
                becomes.put(spec.name(), found.get());
            }
        }
    }

    /// A device that a description of another name has is not looked for by its uuid.
    private Optional<LiveDevice> byUuid(DeviceSpec spec) {
        return live.devices().stream()
                .filter(d -> spec.uuid().isPresent() && d.spec().uuid().equals(spec.uuid()))
                .filter(d -> !wanted.containsKey(d.name()))
                .findFirst();
    }

    private static void requireSame(DeviceSpec spec, LiveDevice there) throws StateException {
        final String where = spec.name().toString();
        if (spec.engine() != there.spec().engine()) {
            throw new StateException(
                    where,
                    "is on the " + there.spec().engine().word() + " engine, described on the "
                            + spec.engine().word() + " engine",
                    "remove the device first");
        }
        if (spec.uuid().isPresent()
                && there.spec().uuid().isPresent()
                && !spec.uuid().equals(there.spec().uuid())) {
            throw new StateException(
                    where,
                    "has the uuid " + there.spec().uuid().get() + ", described with "
                            + spec.uuid().get(),
                    "a uuid cannot be changed: remove the device first");
        }
    }

    /// Every device by the name that it has at the end.
    private void learnNames() {
        final Map<DmName, DmName> newNames = new HashMap<>();
        becomes.forEach((name, device) -> newNames.put(device.name(), name));
        for (LiveDevice device : live.devices()) {
            words.add(
                    newNames.getOrDefault(device.name(), device.name()),
                    device.name().nodeName(),
                    device.info().devno());
        }
        wanted.keySet().forEach(words::add);
    }

    // ---- removals ----

    private Set<DmName> extra() {
        final Set<DmName> extra = new LinkedHashSet<>();
        if (prune) {
            live.devices().forEach(d -> extra.add(d.name()));
            becomes.values().forEach(d -> extra.remove(d.name()));
        }
        return extra;
    }

    /// Of `extra`, what a device that stays uses now, also over others: it can go only when that one has its
    /// new table.
    private Set<DmName> keptInUse(Set<DmName> extra) {
        final Set<DmName> kept = new HashSet<>();
        for (LiveDevice device : live.devices()) {
            if (!extra.contains(device.name())) {
                addUsed(device, kept);
            }
        }
        kept.retainAll(extra);
        return kept;
    }

    private void addUsed(LiveDevice device, Set<DmName> to) {
        for (DmName used : device.uses()) {
            if (to.add(used)) {
                live.find(used).ifPresent(d -> addUsed(d, to));
            }
        }
    }

    /// Users before what they use.
    private void remove(Set<DmName> extra, Predicate<DmName> now) {
        final List<DmName> order = new ArrayList<>();
        final Set<DmName> seen = new HashSet<>();
        for (DmName name : extra) {
            lowestFirst(name, seen, order);
        }
        for (DmName name : order.reversed()) {
            if (extra.contains(name) && now.test(name)) {
                live.find(name)
                        .ifPresent(d ->
                                actions.add(new Action.Remove(d.spec(), d.info().devno())));
            }
        }
    }

    private void lowestFirst(DmName name, Set<DmName> seen, List<DmName> order) {
        final Optional<LiveDevice> device = live.find(name);
        if (device.isPresent() && seen.add(name)) {
            device.get().uses().forEach(used -> lowestFirst(used, seen, order));
            order.add(name);
        }
    }

    // ---- names and uuids ----

    /// No name is given before it is free: only devices that are not described have been renamed from, so none
    /// waits for another.
    private void rename() {
        becomes.forEach((name, device) -> {
            if (!device.name().equals(name)) {
                actions.add(new Action.Rename(device.spec().engine(), device.name(), name));
            }
        });
        for (DeviceSpec spec : wanted.values()) {
            final LiveDevice there = becomes.get(spec.name());
            if (there != null && spec.uuid().isPresent() && there.spec().uuid().isEmpty()) {
                actions.add(new Action.SetUuid(
                        spec.engine(), spec.name(), spec.uuid().get()));
            }
        }
    }

    // ---- tables ----

    private List<DeviceSpec> lowestFirst() throws StateException {
        final List<DeviceSpec> order = new ArrayList<>();
        final Set<DmName> done = new HashSet<>();
        for (DeviceSpec spec : wanted.values()) {
            visit(spec, new LinkedHashSet<>(), done, order);
        }
        return order;
    }

    private void visit(DeviceSpec spec, Set<DmName> above, Set<DmName> done, List<DeviceSpec> order)
            throws StateException {
        if (done.contains(spec.name())) {
            return;
        }
        if (!above.add(spec.name())) {
            throw new StateException(spec.name().toString(), "uses itself: " + above);
        }
        for (DmName used : words.devices(spec.table())) {
            final DeviceSpec below = wanted.get(used);
            if (below != null) {
                visit(below, above, done, order);
            }
        }
        above.remove(spec.name());
        done.add(spec.name());
        order.add(spec);
    }

    private void put(DeviceSpec spec) throws StateException {
        final LiveDevice there = becomes.get(spec.name());
        if (there == null) {
            requireKeys(spec);
            actions.add(new Action.Create(spec));
            return;
        }
        final DeviceSpec full = withKeysOf(spec, there.spec());
        if (spec.readonly() == there.spec().readonly()
                && words.same(full.table(), there.spec().table())) {
            return;
        }
        requireKeys(full);
        if (there.info().suspended()) {
            throw new StateException(
                    spec.name().toString(), "is suspended, and would get another table", "dmctl resume first");
        }
        if (spec.table().lines().isEmpty()) {
            throw new StateException(
                    spec.name().toString(), "has a table, and is described without one", "remove the device first");
        }
        actions.add(new Action.Change(there.spec(), full));
    }

    /// A line without its key takes that of the line in its place.
    private static DeviceSpec withKeysOf(DeviceSpec spec, DeviceSpec there) {
        final List<DmTableLine> lines = new ArrayList<>();
        for (int i = 0; i < spec.table().lines().size(); i++) {
            final DmTableLine line = spec.table().lines().get(i);
            final boolean known = i < there.table().lines().size()
                    && there.table().lines().get(i).type().equals(line.type());
            lines.add(
                    known && DeviceSpec.lacksKey(line)
                            ? withKeyOf(line, there.table().lines().get(i))
                            : line);
        }
        return spec.with(new DmTable(lines));
    }

    private static DmTableLine withKeyOf(DmTableLine line, DmTableLine there) {
        final List<String> keys = new ArrayList<>();
        KeyMask.replace(there.type(), there.params(), key -> {
            keys.add(key);
            return key;
        });
        final var next = keys.iterator();
        return new DmTableLine(
                line.startSector(),
                line.lenSectors(),
                line.type(),
                KeyMask.replace(line.type(), line.params(), key -> next.hasNext() ? next.next() : key));
    }

    private static void requireKeys(DeviceSpec spec) throws StateException {
        if (spec.lacksKey()) {
            throw new StateException(
                    spec.name().toString(),
                    "its key is not in the description (" + DeviceSpec.NO_KEY + ")",
                    "put the key there, or :SIZE:TYPE:NAME of a key in the kernel's keyring");
        }
    }
}
