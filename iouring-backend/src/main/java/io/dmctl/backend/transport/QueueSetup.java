package io.dmctl.backend.transport;

import java.util.List;

/// The queues of a running ublk device as they are, for a reader: how many with how many tags each, what
/// their threads do when they are idle ([io.dmctl.backend.queue.IdleStrategy]), and on which CPUs each
/// runs, as `0-1,4`; no CPUs where the threads may run anywhere.
public record QueueSetup(int queues, int depth, String idle, List<String> cpus) {
    public QueueSetup {
        cpus = List.copyOf(cpus);
    }

    /// As `2 x 128, idle block, on CPUs 0 1`.
    @Override
    public String toString() {
        return queues + " x " + depth + ", idle " + idle
                + (cpus.isEmpty() ? "" : ", on CPUs " + String.join(" ", cpus));
    }

    /// The words of [#parse].
    public String words() {
        return queues + " " + depth + " " + idle + (cpus.isEmpty() ? "" : " " + String.join(" ", cpus));
    }

    /// Reads [#words].
    public static QueueSetup parse(String words) {
        final List<String> all = List.of(words.split(" "));
        return new QueueSetup(
                Integer.parseInt(all.get(0)), Integer.parseInt(all.get(1)), all.get(2), all.subList(3, all.size()));
    }
}
