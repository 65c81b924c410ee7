package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import java.util.ArrayList;
import java.util.List;

/// How a device of the Java engine is shown, decided at its first load: `transport` is auto, ublk, nbd or
/// embedded; `queues` and `depth` 0 are the transport's own; `group` is empty for the one that the table
/// decides; `recovery` is none, fail, queue or reissue ([io.dmctl.backend.transport.RecoveryPolicy]);
/// `ioMode` is auto, copy, get-data, user-copy or zero-copy ([io.dmctl.backend.transport.IoMode]).
///
/// `idle` is block, spin, spin-then-block or spin-then-block:US ([io.dmctl.backend.queue.IdleStrategy]);
/// `affinity` is queue or none: whether a queue's thread runs on its queue's CPUs only; so many `threads` serve all
/// queues of a ublk device, 0 for one a queue. `shmem` is a file in memory, by its absolute path, that the users of a
/// ublk device map, too; empty for none.
///
/// `modulePath` has target types beside the built-in ones: absolute paths with `:` between them, empty for
/// those of the load before.
public record LoadOptions(
        String transport,
        int queues,
        int depth,
        String group,
        String recovery,
        String ioMode,
        String modulePath,
        String idle,
        String affinity,
        int threads,
        String shmem) {
    public static final LoadOptions DEFAULT = new LoadOptions("auto", 0, 0, "");

    /// A device that does not come back after the death of its server.
    public LoadOptions(String transport, int queues, int depth, String group) {
        this(transport, queues, depth, group, "none");
    }

    public LoadOptions(String transport, int queues, int depth, String group, String recovery) {
        this(transport, queues, depth, group, recovery, "auto", "");
    }

    public LoadOptions(
            String transport, int queues, int depth, String group, String recovery, String ioMode, String modulePath) {
        this(transport, queues, depth, group, recovery, ioMode, modulePath, "block", "queue", 0, "");
    }

    public LoadOptions withModulePath(String path) {
        return new LoadOptions(transport, queues, depth, group, recovery, ioMode, path, idle, affinity, threads, shmem);
    }

    public LoadOptions withIoMode(String mode) {
        return new LoadOptions(
                transport, queues, depth, group, recovery, mode, modulePath, idle, affinity, threads, shmem);
    }

    public LoadOptions withThreads(int newThreads, String newIdle, String newAffinity) {
        return new LoadOptions(
                transport, queues, depth, group, recovery, ioMode, modulePath, newIdle, newAffinity, newThreads, shmem);
    }

    public LoadOptions withShmem(String file) {
        return new LoadOptions(
                transport, queues, depth, group, recovery, ioMode, modulePath, idle, affinity, threads, file);
    }

    public LoadOptions withTransport(String kind) {
        return new LoadOptions(
                kind, queues, depth, group, recovery, ioMode, modulePath, idle, affinity, threads, shmem);
    }

    /// How many I/O threads are to serve its queues.
    public int ioThreads() {
        return threads > 0 ? threads : Math.max(1, queues);
    }

    /// As `KEY=VALUE`.
    List<String> words() {
        final List<String> words = new ArrayList<>(List.of(
                "transport=" + transport,
                "queues=" + queues,
                "depth=" + depth,
                "group=" + group,
                "recovery=" + recovery,
                "io-mode=" + ioMode,
                "idle=" + idle,
                "affinity=" + affinity,
                "threads=" + threads,
                "shmem=" + shmem));
        if (!modulePath.isEmpty()) {
            words.add("module-path=" + modulePath);
        }
        return words;
    }

    DmAttachments attachments() {
        return new DmAttachments(List.of(), words());
    }
}
