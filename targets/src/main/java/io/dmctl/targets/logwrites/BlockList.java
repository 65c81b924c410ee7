package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// Blocks in order, linked through themselves: a block is in one list at most. Owned by the log's domain.
@HotPath
final class BlockList {
    private @Nullable LogBlock first;
    private @Nullable LogBlock last;

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    LogBlock peek() {
        return first;
    }

    void add(LogBlock block) {
        block.next = null;
        final LogBlock tail = last;
        if (tail == null) {
            first = block;
        } else {
            tail.next = block;
        }
        last = block;
    }

    /// Moves all of `other` behind what is here.
    void addAll(BlockList other) {
        final LogBlock head = other.first;
        if (head == null) {
            return;
        }
        final LogBlock tail = last;
        if (tail == null) {
            first = head;
        } else {
            tail.next = head;
        }
        last = other.last;
        other.first = null;
        other.last = null;
    }

    @Nullable
    LogBlock poll() {
        final LogBlock head = first;
        if (head != null) {
            first = head.next;
            head.next = null;
            if (first == null) {
                last = null;
            }
        }
        return head;
    }
}
