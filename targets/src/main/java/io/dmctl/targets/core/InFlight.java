package io.dmctl.targets.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Bios of a group that were on their way at one moment. Immutable; cold, asked by the control side, which
/// the I/O threads answer.
public final class InFlight {
    private final IoGroup group;
    private final List<Item> items;

    /// `uses`: the bio's, by which it is known to be the same one still. `where`: what has it.
    private record Item(CoreBio bio, int uses, String where, boolean below) {}

    private InFlight(IoGroup group, Collection<Item> items) {
        this.group = group;
        this.items = List.copyOf(items);
    }

    /// What is on its way now.
    static InFlight now(IoGroup group) {
        final Collection<Item> found = new ConcurrentLinkedQueue<>();
        group.onEveryThread(thread -> thread.forEachBio(bio -> {
            if (bio.busy()) {
                found.add(new Item(bio, bio.uses(), where(bio), isBelow(bio)));
            }
        }));
        return new InFlight(group, found);
    }

    /// Those that have not ended since.
    public InFlight left() {
        final Map<CoreBio, Integer> known = items.stream().collect(Collectors.toMap(Item::bio, Item::uses));
        return now(group).only(item -> Objects.equals(known.get(item.bio), item.uses));
    }

    /// Those that a device has which is not of the group: nobody else can end them.
    public InFlight below() {
        return only(Item::below);
    }

    private InFlight only(Predicate<Item> wanted) {
        return new InFlight(group, items.stream().filter(wanted).toList());
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    private static boolean isBelow(CoreBio bio) {
        return bio.todo == CoreBio.Todo.BELOW && !(bio.device() instanceof MappedDevice);
    }

    private static String where(CoreBio bio) {
        final BlockDevice device = bio.device();
        if (bio.todo == CoreBio.Todo.BELOW && device != null) {
            return device.name();
        }
        final TableEntry entry = bio.entry;
        return entry == null ? "the core" : "target " + entry.type.name();
    }

    /// As `2 at 98:0, 1 at target delay`.
    @Override
    public String toString() {
        final Map<String, Integer> counts = new TreeMap<>();
        items.forEach(i -> counts.merge(i.where, 1, Integer::sum));
        return counts.entrySet().stream()
                .map(e -> e.getValue() + " at " + e.getKey())
                .collect(Collectors.joining(", "));
    }
}
