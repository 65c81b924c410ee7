package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Knows which command has no answer yet: for whoever gives up waiting and has to say for what.
///
/// Thread rule: [#text] from any thread.
public final class DmPending {
    private volatile @Nullable String text;

    /// That of no way yet.
    public DmPending() {}

    /// The last command that was begun and has not ended, as `DM_DEV_SUSPEND of d0`; null when there is none.
    public @Nullable String text() {
        return text;
    }

    /// `way`, whose commands are seen here; it owns `way`.
    public DmTransport watch(DmTransport way) {
        return new Watched(way);
    }

    private static String describe(int command, MemorySegment buffer) {
        final String name = new String(DmHeader.name(buffer), StandardCharsets.UTF_8);
        final String id = name.isEmpty() ? new String(DmHeader.uuid(buffer), StandardCharsets.UTF_8) : name;
        final long dev = Ioctl.dev(buffer);
        final String of = !id.isEmpty() ? " of " + id : dev != 0 ? " of " + Devno.decode(dev) : "";
        return DmCommand.nameOf(command) + of;
    }

    private final class Watched implements DmTransport {
        private final DmTransport way;

        Watched(DmTransport way) {
            this.way = way;
        }

        @Override
        public String call() {
            return way.call();
        }

        @Override
        public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                throws IOException {
            text = describe(command, buffer);
            try {
                return way.run(command, buffer, inputBytes, attachments);
            } finally {
                text = null;
            }
        }

        @Override
        public void close() {
            way.close();
        }
    }
}
