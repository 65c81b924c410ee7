package io.dmctl.targets.core;

import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.ReqOp;
import org.jspecify.annotations.Nullable;

/// One request from a transport (or one bio from a device above): the root of the bios it is split into. Owned by who
/// made it, one a tag,
/// and reused; in the core's hands from [MappedDevice#submit] to [RequestSink#requestDone].
///
/// Splitting is lazy: `cursor` is how far pieces were issued; the request is done when all are issued and none is
/// pending.
///
/// @kernel drivers/md/dm.c `struct dm_io`
@HotPath
public final class Request {
    /// What comes next: a flush (its own, or PREFLUSH), the data, nothing.
    enum Phase {
        FLUSH,
        DATA,
        ISSUED
    }

    private final RequestSink sink;
    private final int tag;
    private final Data data = new Data();
    private ReqOp op = ReqOp.READ;
    private int flags;
    private long sector;
    private int sectors;
    private int status;

    Phase phase = Phase.ISSUED;
    int cursor;
    int pending;
    int fanTarget;
    int fanNr;
    boolean requeued;
    /// A bio of this request is parked: nothing further is issued before it is mapped.
    boolean parked;
    boolean queued;

    @Nullable
    CoreBio parent;

    @Nullable
    MdThread slot;

    @Nullable
    Request next;

    /// `tag` is the maker's own number for it.
    public Request(RequestSink sink, int tag) {
        this.sink = sink;
        this.tag = tag;
    }

    /// Prepares the next use. `sectors` is 0 for FLUSH. [#data()] is set by the maker before or after.
    public void init(ReqOp newOp, int newFlags, long newSector, int newSectors) {
        op = newOp;
        flags = newFlags;
        sector = newSector;
        sectors = newSectors;
        status = 0;
    }

    public int tag() {
        return tag;
    }

    public ReqOp op() {
        return op;
    }

    public int flags() {
        return flags;
    }

    public long sector() {
        return sector;
    }

    public int sectors() {
        return sectors;
    }

    /// The request's buffer; bios get views of it.
    public Data data() {
        return data;
    }

    /// 0 or `-errno` of the first piece that failed.
    public int status() {
        return status;
    }

    void fail(int negErrno) {
        if (status == 0) {
            status = negErrno;
        }
    }

    RequestSink sink() {
        return sink;
    }

    /// Goes back to the start, to be issued against the table that is live then.
    void rewind() {
        status = 0;
        cursor = 0;
        pending = 0;
        fanTarget = 0;
        fanNr = 0;
        requeued = false;
        parked = false;
        phase = op == ReqOp.FLUSH || (flags & BioFlags.PREFLUSH) != 0 ? Phase.FLUSH : Phase.DATA;
    }
}
