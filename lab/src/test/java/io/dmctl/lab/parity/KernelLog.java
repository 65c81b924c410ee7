package io.dmctl.lab.parity;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The kernel's log, record by record: the only place where a constructor's error text can be read.
final class KernelLog implements AutoCloseable {
    private static final int RECORD_BYTES = 8192;

    private final Fd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(RECORD_BYTES);

    private KernelLog(Fd fd) {
        this.fd = fd;
    }

    static KernelLog open() throws ErrnoException {
        return new KernelLog(Fd.open("/dev/kmsg", OpenFlags.RDONLY | OpenFlags.NONBLOCK));
    }

    /// The texts since the last call, without what the kernel puts before them.
    List<String> news() throws ErrnoException {
        final List<String> texts = new ArrayList<>();
        while (true) {
            final long r = Sys.read(fd.number(), buffer.address(), RECORD_BYTES);
            if (r == -Errno.EAGAIN) {
                return texts;
            }
            if (r == -Errno.EPIPE) {
                continue; // records were overwritten before they were read
            }
            ErrnoException.check("read", "/dev/kmsg", r);
            final String record =
                    new String(buffer.asSlice(0, r).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            texts.add(record.substring(record.indexOf(';') + 1)
                    .lines()
                    .findFirst()
                    .orElse(""));
        }
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
