package io.dmctl.targets.logwrites;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.HotPath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Bios that wait for memory, in order of arrival. Owned by the log's domain.
@HotPath
final class BioFifo {
    private @Nullable Bio first;
    private @Nullable Bio last;

    static LogIo io(Bio bio) {
        return (LogIo) Objects.requireNonNull(bio.perIo());
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    Bio peek() {
        return first;
    }

    void add(Bio bio) {
        final Bio tail = last;
        if (tail == null) {
            first = bio;
        } else {
            io(tail).next = bio;
        }
        last = bio;
    }

    void drop() {
        final LogIo head = io(Objects.requireNonNull(first));
        first = head.next;
        head.next = null;
        if (first == null) {
            last = null;
        }
    }
}
