package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.winsize;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The size of a terminal.
public final class TerminalSize {
    private TerminalSize() {}

    /// How many columns the terminal behind `fd` has; 0 when it is none.
    public static int columns(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment size = winsize.allocate(arena);
            return Sys.ioctl(fd, Libc.TIOCGWINSZ(), size.address()) < 0 ? 0 : Short.toUnsignedInt(winsize.ws_col(size));
        }
    }
}
