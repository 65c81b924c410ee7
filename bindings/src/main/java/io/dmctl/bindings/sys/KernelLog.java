package io.dmctl.bindings.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The kernel's log, record by record: the only place where the kernel tells why it refused a table.
///
/// Thread rule: one thread at a time. Owns its descriptor and its buffer.
public final class KernelLog implements AutoCloseable {
    private static final int RECORD_BYTES = 8192;

    private final Fd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(RECORD_BYTES);

    private KernelLog(Fd fd) {
        this.fd = fd;
    }

    /// From the oldest record on.
    ///
    /// @throws ErrnoException EPERM without CAP_SYSLOG where `dmesg_restrict` is set
    public static KernelLog open() throws ErrnoException {
        return new KernelLog(Fd.open("/dev/kmsg", OpenFlags.RDONLY | OpenFlags.NONBLOCK));
    }

    /// From what is logged after this call on; as [#open].
    public static KernelLog openAtEnd() throws ErrnoException {
        final KernelLog log = open();
        final long r = Sys.call(SysNumbers.SYS_lseek, log.fd.number(), 0, LibcMacros.SEEK_END);
        if (r < 0) {
            log.close();
            throw new ErrnoException("lseek", "/dev/kmsg", (int) -r);
        }
        return log;
    }

    /// The texts since the last call, without what the kernel puts before them.
    public List<String> news() throws ErrnoException {
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
