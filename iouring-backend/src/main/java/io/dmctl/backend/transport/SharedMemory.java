package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.Pages;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkIo;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;

/// A file in memory (tmpfs, hugetlbfs) that a device's users map, too: where a request's bytes lie in it, they are used
/// there, and nobody copies them.
///
/// Owned by its transport. The driver has its pages from [#register] on until the device is deleted.
///
/// @kernel drivers/block/ublk_drv.c `ublk_ctrl_reg_buf` `ublk_try_buf_match`
final class SharedMemory implements AutoCloseable {
    /// The most that the driver takes.
    private static final long MAX_BYTES = 1L << 32;
    /// The driver's number for the first memory that is registered with a device; there is no other.
    private static final int INDEX = 0;

    private final String file;
    private final Mapping mapping;
    private final Data data;

    private SharedMemory(String file, Mapping mapping) {
        this.file = file;
        this.mapping = mapping;
        this.data = Data.of(mapping.segment());
    }

    /// Maps `file`, whole.
    ///
    /// @throws ErrnoException EINVAL when its size is none that the driver takes
    static SharedMemory open(String file) throws ErrnoException {
        try (Fd fd = Fd.open(file, OpenFlags.RDWR)) {
            final long bytes = BlockDevices.sizeBytes(fd.number());
            if (bytes == 0 || bytes > MAX_BYTES || bytes % Pages.sizeBytes() != 0) {
                throw new ErrnoException(
                        "--shmem",
                        file + " has " + bytes + " bytes: it must be whole pages of " + Pages.sizeBytes()
                                + " bytes, at most 4 GiB",
                        Errno.EINVAL);
            }
            return new SharedMemory(file, Mapping.shared(fd.number(), 0, bytes, Mapping.READ_WRITE));
        }
    }

    String file() {
        return file;
    }

    /// Makes it known to the driver. The device is live: the driver waits for the requests that are there.
    void register(UblkControl control, int id) throws ErrnoException {
        final int index = control.registerBuffer(id, mapping.address(), mapping.byteSize());
        if (index != INDEX) { // requests may be here already that name it
            throw new ErrnoException("ublk REG_BUF", "ublkb" + id + ": got index " + index, Errno.EBUSY);
        }
    }

    /// Sets `to` to the request's bytes, which lie where its descriptor says.
    @HotPath
    void locate(long descriptorAddress, long lengthBytes, Data to) {
        final long offset = UblkIo.shmemOffset(descriptorAddress);
        if (UblkIo.shmemIndex(descriptorAddress) != INDEX || offset + lengthBytes > mapping.byteSize()) {
            throw new IllegalStateException("a request in memory that is not registered: " + descriptorAddress);
        }
        to.set(data, offset);
    }

    @Override
    public void close() {
        mapping.close();
    }
}
