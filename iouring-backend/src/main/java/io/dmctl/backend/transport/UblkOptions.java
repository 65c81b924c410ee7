package io.dmctl.backend.transport;

import io.dmctl.backend.queue.IdleStrategy;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;

/// How a device is shown through ublk. `maxIoBytes` is the largest request, and the size of each tag's
/// buffer. `adoptedId` is N of the /dev/ublkbN that a dead server left, to be taken over; -1 makes a new
/// one. `threads` serve all queues together, 0 for one a queue; `pinned`: each runs on the CPUs whose
/// requests come to its queues. `shmem`: a file in memory that the device's users map, too
/// ([SharedMemory]); empty for none.
public record UblkOptions(
        int queues,
        int depth,
        int maxIoBytes,
        IoMode ioMode,
        RecoveryPolicy recovery,
        int adoptedId,
        int threads,
        IdleStrategy idle,
        boolean pinned,
        String shmem) {
    public static final int MAX_QUEUES = 128;
    public static final int MAX_DEPTH = 4096;
    public static final int MAX_THREADS = 128;
    public static final UblkOptions DEFAULT =
            new UblkOptions(1, 128, 256 << 10, IoMode.COPY, RecoveryPolicy.NONE, -1, 0, IdleStrategy.BLOCK, true, "");

    public UblkOptions {
        Ranges.check("queues", queues, 1, MAX_QUEUES);
        Ranges.check("depth", depth, 1, MAX_DEPTH);
        Ranges.check("threads", threads, 0, MAX_THREADS);
        Ranges.check("maxIoBytes", maxIoBytes, 4096, 32 << 20);
        Ranges.checkBuffers("queues", queues, depth, maxIoBytes);
    }

    /// How many threads serve a device as the driver made it: none without a tag, and only where tags of one queue may
    /// have different ones more than there are queues.
    int threads(UblkDeviceInfo info) {
        if (threads == 0) {
            return info.queues();
        }
        final boolean split = info.has(UblkFeature.PER_IO_DAEMON);
        return Math.min(threads, split ? info.queues() * info.depth() : info.queues());
    }

    /// What the buffers of all tags take together.
    public long bufferBytes() {
        return (long) queues * depth * maxIoBytes;
    }

    /// 0 keeps what there is.
    public UblkOptions with(int newQueues, int newDepth) {
        return new UblkOptions(
                newQueues == 0 ? queues : newQueues,
                newDepth == 0 ? depth : newDepth,
                maxIoBytes,
                ioMode,
                recovery,
                adoptedId,
                threads,
                idle,
                pinned,
                shmem);
    }

    public UblkOptions with(IoMode newIoMode) {
        return new UblkOptions(queues, depth, maxIoBytes, newIoMode, recovery, adoptedId, threads, idle, pinned, shmem);
    }

    public UblkOptions with(RecoveryPolicy newRecovery, int newAdoptedId) {
        return new UblkOptions(
                queues, depth, maxIoBytes, ioMode, newRecovery, newAdoptedId, threads, idle, pinned, shmem);
    }

    public UblkOptions with(int newThreads, IdleStrategy newIdle, boolean newPinned) {
        return new UblkOptions(
                queues, depth, maxIoBytes, ioMode, recovery, adoptedId, newThreads, newIdle, newPinned, shmem);
    }

    public UblkOptions withShmem(String file) {
        return new UblkOptions(queues, depth, maxIoBytes, ioMode, recovery, adoptedId, threads, idle, pinned, file);
    }
}
