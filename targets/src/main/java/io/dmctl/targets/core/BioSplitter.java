package io.dmctl.targets.core;

import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;

/// Cuts a request into bios, one at a time, as bios become free: at the borders of targets and of their max_io_len; a
/// flush to every device
/// or target; discards and write zeroes as often as the target wants them.
///
/// @kernel drivers/md/dm.c `__split_and_process_bio` `__send_empty_flush` `__process_abnormal_io`
@HotPath
final class BioSplitter {
    private static final int EOPNOTSUPP = -95;

    private BioSplitter() {}

    /// Makes `bio` the next one of `request`; false when this phase has none left, or the next range cannot be done.
    static boolean next(Request request, CoreBio bio, LiveTable t, IoThread thread) {
        if (request.phase == Request.Phase.FLUSH) {
            return nextFlush(request, bio, t);
        }
        return request.op().hasData() ? nextPiece(request, bio, t) : nextRange(request, bio, t, thread);
    }

    /// The next bio of a flush; false (and the phase is over) when there is none.
    private static boolean nextFlush(Request request, CoreBio bio, LiveTable t) {
        if (t.flushDevices != null) {
            if (request.fanTarget < t.flushDevices.length) {
                bio.entry = null;
                bio.init(ReqOp.FLUSH, 0, 0, 0, 0);
                bio.data().set(Data.NONE, 0);
                bio.remap(t.flushDevices[request.fanTarget++], 0);
                return true;
            }
        } else {
            while (request.fanTarget < t.entries.length) {
                final TableEntry entry = t.entries[request.fanTarget];
                if (request.fanNr < entry.limits.numFlushBios()) {
                    bio.entry = entry;
                    bio.init(ReqOp.FLUSH, 0, entry.beginSector, 0, request.fanNr++);
                    bio.data().set(Data.NONE, 0);
                    return true;
                }
                request.fanTarget++;
                request.fanNr = 0;
            }
        }
        request.phase = Request.Phase.ISSUED;
        return false;
    }

    /// The next piece of a READ or WRITE: up to the end of its target, and of its max_io_len, which counts from the
    /// target's start.
    private static boolean nextPiece(Request request, CoreBio bio, LiveTable t) {
        final long sector = request.sector() + request.cursor;
        final TableEntry entry = t.find(sector);
        if (entry == null) {
            return failRest(request);
        }
        final long left = request.sectors() - (long) request.cursor;
        final int n = (int) Math.min(left, pieceLimit(entry, sector));
        bio.entry = entry;
        bio.pieceStart = request.cursor;
        bio.init(request.op(), request.flags() & ~BioFlags.PREFLUSH, sector, n, 0);
        bio.data().set(request.data(), (long) request.cursor << 9);
        step(request, n);
        return true;
    }

    private static long pieceLimit(TableEntry entry, long sector) {
        final long toEnd = entry.endSector() - sector;
        final long max = entry.limits.maxIoLenSectors();
        return max == 0 ? toEnd : Math.min(toEnd, max - (sector - entry.beginSector) % max);
    }

    private static void step(Request request, int sectors) {
        request.cursor += sectors;
        if (request.cursor >= request.sectors()) {
            request.phase = Request.Phase.ISSUED;
        }
    }

    private static boolean failRest(Request request) {
        request.fail(MdThread.EIO); // not covered by the table
        request.phase = Request.Phase.ISSUED;
        return false;
    }

    /// The next duplicate of a DISCARD or WRITE_ZEROES: split at targets and at the device's limits, not at max_io_len;
    /// as many bios a range as the target wants.
    private static boolean nextRange(Request request, CoreBio bio, LiveTable t, IoThread thread) {
        final long sector = request.sector() + request.cursor;
        final TableEntry entry = t.find(sector);
        if (entry == null) {
            return failRest(request);
        }
        final long upTo = Math.min(request.sectors() - (long) request.cursor, entry.endSector() - sector);
        final boolean zeroes = request.op() == ReqOp.WRITE_ZEROES;
        final int dups = zeroes ? t.writeZeroesBios(entry) : entry.limits.numDiscardBios();
        if (zeroes && dups == 0) {
            return writeZeros(request, bio, entry, sector, (int) upTo, thread);
        }
        final int n = (int) (zeroes ? t.writeZeroesSectors(upTo) : t.discardSectors(sector, upTo));
        if (n == 0 || dups == 0) {
            request.fail(EOPNOTSUPP);
            step(request, (int) upTo);
            return false;
        }
        bio.entry = entry;
        bio.init(request.op(), request.flags() & ~BioFlags.PREFLUSH, sector, n, request.fanNr);
        bio.data().set(Data.NONE, 0);
        if (++request.fanNr == dups) {
            request.fanNr = 0;
            step(request, n);
        }
        return true;
    }

    /// The block layer falls back to writing zeros only where the limit is 0, and ublk's limit is fixed at start: so
    /// the core does it.
    private static boolean writeZeros(
            Request request, CoreBio bio, TableEntry entry, long sector, int upTo, IoThread thread) {
        final int n = (int) Math.min(Math.min(upTo, thread.zeroSectors()), pieceLimit(entry, sector));
        bio.entry = entry;
        bio.pieceStart = request.cursor;
        bio.init(ReqOp.WRITE, request.flags() & BioFlags.FUA, sector, n, 0);
        thread.setZeros(bio.data());
        step(request, n);
        return true;
    }
}
