package io.dmctl.backend.transport;

import java.util.List;

/// The queues of a running ublk device as they are, for a reader: how many with how many tags each, how many threads
/// serve them, what these do when they are idle ([io.dmctl.backend.queue.IdleStrategy]), and on which CPUs each
/// of them runs, as `0-1,4`; no CPUs where they may run anywhere.
public record QueueSetup(int queues, int depth, int threads, String idle, List<String> cpus) {
    private static final String THREADS = "threads=";

    public QueueSetup {
        cpus = List.copyOf(cpus);
    }

    /// As `2 x 128, idle block, on CPUs 0 1`.
    @Override
    public String toString() {
        return queues + " x " + depth
                + (threads == queues ? "" : ", " + threads + (threads == 1 ? " thread" : " threads"))
                + ", idle " + idle
                + (cpus.isEmpty() ? "" : ", on CPUs " + String.join(" ", cpus));
    }

    /// The words of [#parse].
    public String words() {
        return queues + " " + depth + " " + idle + (threads == queues ? "" : " " + THREADS + threads)
                + (cpus.isEmpty() ? "" : " " + String.join(" ", cpus));
    }

    /// Reads [#words].
    public static QueueSetup parse(String words) {
        final List<String> all = List.of(words.split(" "));
        final int queues = Integer.parseInt(all.get(0));
        final boolean told = all.size() > 3 && all.get(3).startsWith(THREADS);
        return new QueueSetup(
                queues,
                Integer.parseInt(all.get(1)),
                told ? Integer.parseInt(all.get(3).substring(THREADS.length())) : queues,
                all.get(2),
                all.subList(told ? 4 : 3, all.size()));
    }
}
