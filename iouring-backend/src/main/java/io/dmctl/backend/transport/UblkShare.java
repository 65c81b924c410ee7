package io.dmctl.backend.transport;

import io.dmctl.targets.spi.HotPath;
import java.util.Arrays;

/// The tags of a ublk device that one thread serves. The thread numbers them from 0 on: a number is called slot here.
///
/// With fewer threads than queues a thread has whole queues. With more, the tags of a queue go round its threads: the
/// kernel hands them out one after the other, so that each thread gets its part of what is in flight.
@HotPath
final class UblkShare {
    private final int[] queueOf;
    private final int[] tagOf;

    private UblkShare(int size) {
        queueOf = new int[size];
        tagOf = new int[size];
    }

    /// The share of thread number `thread` of `threads`; `threads` is at most `queues * depth`.
    static UblkShare of(int thread, int threads, int queues, int depth) {
        if (threads <= queues) {
            final int own = (queues - thread - 1) / threads + 1;
            final UblkShare share = new UblkShare(own * depth);
            for (int slot = 0; slot < own * depth; slot++) {
                share.queueOf[slot] = thread + slot / depth * threads;
                share.tagOf[slot] = slot % depth;
            }
            return share;
        }
        final int queue = thread % queues;
        final int first = thread / queues;
        final int step = (threads - queue - 1) / queues + 1; // the threads of this queue
        final UblkShare share = new UblkShare((depth - first - 1) / step + 1);
        for (int slot = 0; slot < share.size(); slot++) {
            share.queueOf[slot] = queue;
            share.tagOf[slot] = first + slot * step;
        }
        return share;
    }

    /// Each queue that it has tags of, once.
    int[] queues() {
        return Arrays.stream(queueOf).distinct().toArray();
    }

    int size() {
        return tagOf.length;
    }

    int queue(int slot) {
        return queueOf[slot];
    }

    int tag(int slot) {
        return tagOf[slot];
    }
}
