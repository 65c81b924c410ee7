package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;

/// Checks a client's request against what it was told, and makes the device's request of it.
@HotPath
final class NbdCommand {
    private final long sizeBytes;
    private final boolean readOnly;
    private final int blockMask;
    private final int maxIoBytes;

    NbdCommand(NbdExport export) {
        sizeBytes = export.sizeBytes();
        readOnly = export.readOnly();
        blockMask = export.minBlockBytes() - 1;
        maxIoBytes = export.maxIoBytes();
    }

    /// 0 when `op.request` is ready to be submitted (or has nothing to do: `length` 0), else an errno. `length` is
    /// unsigned.
    int parse(NbdOp op, int flags, int type, long offset, int length, boolean nowReadOnly) {
        return switch (type) {
            case NbdProtocol.CMD_READ -> read(op, flags, offset, length);
            case NbdProtocol.CMD_WRITE -> write(op, flags, offset, length, nowReadOnly);
            case NbdProtocol.CMD_FLUSH -> flush(op, flags, offset, length);
            case NbdProtocol.CMD_TRIM -> range(op, ReqOp.DISCARD, flags, offset, length, nowReadOnly);
            case NbdProtocol.CMD_WRITE_ZEROES -> range(op, ReqOp.WRITE_ZEROES, flags, offset, length, nowReadOnly);
            default -> Errno.EINVAL;
        };
    }

    private int read(NbdOp op, int flags, long offset, int length) {
        if ((flags & ~NbdProtocol.FLAG_FUA) != 0 || length < 0 || length > maxIoBytes) {
            return Errno.EINVAL;
        }
        final int error = place(offset, length, Errno.EINVAL);
        if (error == 0) {
            op.data(ReqOp.READ, 0, offset >> 9, length >> 9);
        }
        return error;
    }

    private int write(NbdOp op, int flags, long offset, int length, boolean nowReadOnly) {
        if (readOnly || nowReadOnly) {
            return Errno.EPERM;
        }
        if ((flags & ~NbdProtocol.FLAG_FUA) != 0 || length < 0 || length > maxIoBytes) {
            return Errno.EINVAL;
        }
        final int error = place(offset, length, Errno.ENOSPC);
        if (error == 0) {
            op.data(ReqOp.WRITE, flags == 0 ? 0 : BioFlags.FUA, offset >> 9, length >> 9);
        }
        return error;
    }

    private static int flush(NbdOp op, int flags, long offset, int length) {
        if ((flags & ~NbdProtocol.FLAG_FUA) != 0 || offset != 0 || length != 0) {
            return Errno.EINVAL;
        }
        op.flush();
        return 0;
    }

    private int range(NbdOp op, ReqOp to, int flags, long offset, int length, boolean nowReadOnly) {
        if (readOnly || nowReadOnly) {
            return Errno.EPERM;
        }
        final boolean zeroes = to == ReqOp.WRITE_ZEROES;
        if (zeroes && (flags & NbdProtocol.FLAG_FAST_ZERO) != 0) {
            return Errno.EOPNOTSUPP; // not offered: nobody can say whether it would be fast
        }
        if ((flags & ~(NbdProtocol.FLAG_FUA | (zeroes ? NbdProtocol.FLAG_NO_HOLE : 0))) != 0) {
            return Errno.EINVAL;
        }
        final long bytes = Integer.toUnsignedLong(length);
        final int error = place(offset, bytes, zeroes ? Errno.ENOSPC : Errno.EINVAL);
        if (error == 0) {
            final int bioFlags = (flags & NbdProtocol.FLAG_NO_HOLE) == 0 ? 0 : BioFlags.NOUNMAP;
            op.range(to, bioFlags, offset >> 9, (int) (bytes >> 9), (flags & NbdProtocol.FLAG_FUA) != 0);
        }
        return error;
    }

    private int place(long offset, long bytes, int pastEnd) {
        if (offset < 0 || offset > sizeBytes || bytes > sizeBytes - offset) {
            return pastEnd;
        }
        return ((offset | bytes) & blockMask) == 0 ? 0 : Errno.EINVAL;
    }
}
