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
        heap[size] = bio;
        raise(size++);
    }

    /// Moves the bio at `i`, which may be due too early for its place, towards the root.
    private void raise(int i) {
        final CoreBio bio = heap[i];
        int at = i;
        while (at > 0) {
            final int up = (at - 1) >>> 1;
            if (heap[up].dueNs <= bio.dueNs) {
                break;
            }
            heap[at] = heap[up];
            at = up;
        }
        heap[at] = bio;
    }

    /// All bios of `md` are due at once.
    void expire(MappedDevice md) {
        for (int i = 0; i < size; i++) {
            if (heap[i].slot.md == md && heap[i].dueNs != 0) {
                heap[i].dueNs = 0;
                raise(i);
            }
        }
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
        heap[size] = heap[0]; // the array must not keep a bio of a device that is gone
        return first;
    }
}
