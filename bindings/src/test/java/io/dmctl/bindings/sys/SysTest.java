package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import org.junit.jupiter.api.Test;

class SysTest {
    @Test
    void errnoIsWhereItIsReadFrom() {
        assertEquals(
                Sys.ERRNO_OFFSET, Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno")));
    }

    @Test
    void failureIsMinusErrno() {
        assertEquals(-Errno.EBADF, Sys.close(-1));
        assertEquals(-Errno.ENOENT, Sys.open("/no/such/file", Libc.O_RDWR(), 0));
        assertEquals(-1, Sys.hot(Libc.SYS_close(), -1, 0, 0, 0, 0, 0));
    }

    @Test
    void allSixArgumentsArrive() {
        final int fd = Sys.open("/dev/zero", Libc.O_RDWR(), 0);
        assertTrue(fd >= 0);
        // mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, an offset that is no multiple of a page): the sixth is looked
        // at.
        assertEquals(-Errno.EINVAL, Sys.call(Libc.SYS_mmap(), 0, 4096, 1, 2, fd, 1));
        assertTrue(Sys.call(Libc.SYS_mmap(), 0, 4096, 1, 2, fd, 4096) > 0);
        assertEquals(0, Sys.close(fd));
    }
}
