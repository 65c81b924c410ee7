package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import java.util.Arrays;

/// Bios by due time: a binary heap in an array that has room for every bio of the thread, and grows for those that
/// other threads post.
@HotPath
final class TimerHeap {
    private CoreBio[] heap = new CoreBio[0];
    private int size;

    /// Cold.
    void reserve(int bios) {
        if (heap.length < bios) {
            heap = Arrays.copyOf(heap, bios);
        }
    }

    long nextNs() {
        return size == 0 ? Long.MAX_VALUE : heap[0].dueNs;
    }

    void add(CoreBio bio) {
        if (size == heap.length) {
            reserve(Math.max(16, 2 * size)); // bios of other threads, posted here; bounded by the bios of the group
        }
        int i = size++;
        while (i > 0) {
            final int up = (i - 1) >>> 1;
            if (heap[up].dueNs <= bio.dueNs) {
                break;
            }
            heap[i] = heap[up];
            i = up;
        }
        heap[i] = bio;
    }

    /// The bio that is due first. There must be one.
    CoreBio poll() {
        final CoreBio first = heap[0];
        final CoreBio last = heap[--size];
        int i = 0;
        while (true) {
            int down = 2 * i + 1;
            if (down >= size) {
                break;
            }
            if (down + 1 < size && heap[down + 1].dueNs < heap[down].dueNs) {
                down++;
            }
            if (last.dueNs <= heap[down].dueNs) {
                break;
            }
            heap[i] = heap[down];
            i = down;
        }
        heap[i] = last;
        return first;
    }
}
