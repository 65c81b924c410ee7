package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Sees that a device server has died and recovers its devices; those created with `--recovery none` are left.
///
/// A group whose server dies again and again is given up: a request that kills its server is sent to the next one
/// and kills that, too.
///
/// Thread rule: one thread.
public final class Supervisor {
    /// So many recoveries of a group within [#WINDOW_NS], and it is given up.
    public static final int MAX_RECOVERIES = 5;

    public static final long WINDOW_NS = 60_000_000_000L;

    private final Registry registry;
    private final Recovery recovery;
    private final Listener listener;
    private final Map<String, Deque<Long>> recoveries = new HashMap<>();
    private final Set<String> givenUp = new HashSet<>();

    /// Told what happens, a line an event.
    public interface Listener {
        void recovered(String group, List<DmName> devices, long tookNs);

        void failed(String group, Exception reason);

        void gaveUp(String group);
    }

    public Supervisor(Registry registry, Listener listener) {
        this.registry = registry;
        this.recovery = new Recovery(registry);
        this.listener = listener;
    }

    /// Looks once at every group and recovers what is dead. `nowNs` is monotonic.
    public void look(long nowNs) throws IOException {
        final Set<String> seen = new HashSet<>();
        for (DeviceRecord record : registry.all()) {
            final Optional<String> group = record.group();
            if (group.isPresent() && seen.add(group.get())) {
                look(group.get(), record.name(), nowNs);
            }
        }
        recoveries.keySet().retainAll(seen);
        givenUp.retainAll(seen);
    }

    private void look(String group, DmName device, long nowNs) throws IOException {
        if (Groups.isAlive(registry, group)) {
            givenUp.remove(group); // somebody else brought it back
            return;
        }
        if (givenUp.contains(group) || !mayComeBack(group)) {
            return;
        }
        final Deque<Long> times = recoveries.computeIfAbsent(group, g -> new ArrayDeque<>());
        while (!times.isEmpty() && nowNs - times.peekFirst() > WINDOW_NS) {
            times.removeFirst();
        }
        if (times.size() == MAX_RECOVERIES) {
            giveUp(group);
            return;
        }
        times.addLast(nowNs);
        final long start = System.nanoTime();
        try {
            final List<DmName> done = recovery.run(device);
            if (!done.isEmpty()) {
                listener.recovered(group, done, System.nanoTime() - start);
            }
        } catch (IOException | DmException e) {
            listener.failed(group, e);
        }
    }

    private void giveUp(String group) {
        givenUp.add(group);
        listener.gaveUp(group);
    }

    private boolean mayComeBack(String group) throws IOException {
        final List<DeviceState> states = StateFile.read(registry.groupDir(group));
        return !states.isEmpty()
                && states.stream().noneMatch(s -> s.options().recovery().equals("none"));
    }
}
