package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;
import org.jspecify.annotations.Nullable;

/// A first-in-first-out list through the bios' own links. One thread.
@HotPath
public final class BioQueue {
    public BioQueue() {}

    private @Nullable CoreBio head;
    private @Nullable CoreBio tail;

    public boolean isEmpty() {
        return head == null;
    }

    /// Cold: counts.
    int size() {
        int count = 0;
        for (CoreBio bio = head; bio != null; bio = bio.next) {
            count++;
        }
        return count;
    }

    public void add(CoreBio bio) {
        bio.next = null;
        final CoreBio last = tail;
        if (last == null) {
            head = bio;
        } else {
            last.next = bio;
        }
        tail = bio;
    }

    public @Nullable CoreBio poll() {
        final CoreBio bio = head;
        if (bio != null) {
            head = bio.next;
            if (head == null) {
                tail = null;
            }
            bio.next = null;
        }
        return bio;
    }
}
