package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The numbers of the NBD protocol, fixed newstyle with simple replies. Everything on the wire is big-endian.
///
/// Source: the protocol's text, doc/proto.md of the nbd project.
final class NbdProtocol {
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    static final long MAGIC = 0x4e42444d41474943L; // NBDMAGIC
    static final long OPTION_MAGIC = 0x49484156454f5054L; // IHAVEOPT
    static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;

    static final int FIXED_NEWSTYLE = 1;
    static final int NO_ZEROES = 1 << 1;

    static final int OPT_EXPORT_NAME = 1;
    static final int OPT_ABORT = 2;
    static final int OPT_LIST = 3;
    static final int OPT_INFO = 6;
    static final int OPT_GO = 7;

    static final int REP_ACK = 1;
    static final int REP_SERVER = 2;
    static final int REP_INFO = 3;
    static final int REP_ERR_UNSUP = 0x80000001;
    static final int REP_ERR_INVALID = 0x80000003;
    static final int REP_ERR_UNKNOWN = 0x80000006;
    static final int REP_ERR_TOO_BIG = 0x80000009;

    static final int INFO_EXPORT = 0;
    static final int INFO_NAME = 1;
    static final int INFO_BLOCK_SIZE = 3;

    /// The protocol's own limit for a string.
    static final int MAX_NAME_BYTES = 4096;

    static final int HAS_FLAGS = 1;
    static final int READ_ONLY = 1 << 1;
    static final int SEND_FLUSH = 1 << 2;
    static final int SEND_FUA = 1 << 3;
    static final int SEND_TRIM = 1 << 5;
    static final int SEND_WRITE_ZEROES = 1 << 6;
    static final int CAN_MULTI_CONN = 1 << 8;

    static final int REQUEST_MAGIC = 0x25609513;
    static final int REQUEST_BYTES = 28;
    static final int REPLY_MAGIC = 0x67446698;
    static final int REPLY_BYTES = 16;

    static final int CMD_READ = 0;
    static final int CMD_WRITE = 1;
    static final int CMD_DISC = 2;
    static final int CMD_FLUSH = 3;
    static final int CMD_TRIM = 4;
    static final int CMD_WRITE_ZEROES = 6;

    static final int FLAG_FUA = 1;
    static final int FLAG_NO_HOLE = 1 << 1;
    static final int FLAG_FAST_ZERO = 1 << 4;

    private NbdProtocol() {}

    /// The protocol's error for an errno of ours; it has few, and they have Linux's numbers.
    @HotPath
    static int error(int errno) {
        return switch (errno) {
            case 0, Errno.EPERM, Errno.EIO, Errno.ENOMEM, Errno.EINVAL, Errno.ENOSPC -> errno;
            case Errno.EOVERFLOW, Errno.EOPNOTSUPP, Errno.ESHUTDOWN -> errno;
            case Errno.EROFS, Errno.EACCES -> Errno.EPERM;
            case Errno.EFBIG -> Errno.ENOSPC;
            case Errno.ENODEV -> Errno.ESHUTDOWN;
            default -> Errno.EIO;
        };
    }
}
