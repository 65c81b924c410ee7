package io.dmctl.targets.trace;

import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.ReqOp;
import java.util.Locale;

/// One record on its way out. Reused; confined to the control thread.
final class TraceRecord {
    private static final ReqOp[] OPS = ReqOp.values();

    private int threadIndex;
    private long endNs;
    private long latencyNs;
    private long sector;
    private int sectors;
    private int op;
    private int flags;
    private int errno;

    void set(
            int newThreadIndex,
            long newEndNs,
            long newLatencyNs,
            long newSector,
            int newSectors,
            int newOp,
            int newFlags,
            int newErrno) {
        threadIndex = newThreadIndex;
        endNs = newEndNs;
        latencyNs = newLatencyNs;
        sector = newSector;
        sectors = newSectors;
        op = newOp;
        flags = newFlags;
        errno = newErrno;
    }

    long endNs() {
        return endNs;
    }

    /// `TIME LATENCY OP SECTOR SECTORS FLAGS ERRNO THREAD`; times in ns, sectors of the mapped device.
    void print(StringBuilder out) {
        out.append(endNs)
                .append(' ')
                .append(latencyNs)
                .append(' ')
                .append(OPS[op].name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(sector)
                .append(' ')
                .append(sectors)
                .append(' ');
        final int start = out.length();
        flag(out, BioFlags.FUA, "fua");
        flag(out, BioFlags.NOUNMAP, "nounmap");
        flag(out, BioFlags.META, "meta");
        flag(out, BioFlags.SWAP, "swap");
        if (out.length() == start) {
            out.append('-');
        } else {
            out.setLength(out.length() - 1);
        }
        out.append(' ').append(errno).append(' ').append(threadIndex).append('\n');
    }

    private void flag(StringBuilder out, int flag, String word) {
        if ((flags & flag) != 0) {
            out.append(word).append(',');
        }
    }
}
