package io.dmctl.backend.lower;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.ring.SubmissionQueue;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.Falloc;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.BioFlags;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A file or block device, driven through the ring of the queue that has the bio.
///
/// A short read or write is taken up where it stopped; no progress is EIO, and so is what is put off for ever. The
/// descriptor belongs to the [Claims] that
/// opened it.
public final class RingDevice implements BlockDevice {
    private final String name;
    private final Fd fd;
    private final boolean blockDevice;
    private final boolean ringDiscard;
    private final long sizeSectors;
    private final QueueLimits limits;
    /// The device takes no discard that must not wait: from the first that it refused for that on. Any
    /// thread; a discard that does not see it yet is refused once more.
    private boolean discardsWait;

    /// @param ringDiscard whether the ring has a command that discards on this block device
    RingDevice(String name, Fd fd, boolean blockDevice, boolean ringDiscard, long sizeSectors, QueueLimits limits) {
        this.name = name;
        this.fd = fd;
        this.blockDevice = blockDevice;
        this.ringDiscard = ringDiscard;
        this.sizeSectors = sizeSectors;
        this.limits = limits;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long sizeSectors() {
        return sizeSectors;
    }

    @Override
    public QueueLimits limits() {
        return limits;
    }

    Fd fd() {
        return fd;
    }

    @Override
    @HotPath
    public void submit(CoreBio bio, IoThread thread) {
        final QueueAgent agent = (QueueAgent) thread;
        if (bio.op().hasData() && !agent.reaches(bio.data()) && !bio.expose()) {
            agent.lowerDone(bio, bio.status());
            return;
        }
        final SubmissionQueue sq = agent.prepare();
        final long userData = QueueAgent.lowerData(bio);
        final int number = fd.number();
        final int done = bio.doneBytes();
        final long offset = (bio.sector() << 9) + done;
        final int length = (int) (bio.lengthBytes() - done);
        final long address = bio.data().address() + done;
        final int registered = bio.data().index();
        switch (bio.op()) {
            case READ -> {
                if (registered < 0) {
                    sq.prepRead(number, address, length, offset, 0, userData);
                } else {
                    sq.prepReadFixed(number, address, length, offset, 0, registered, userData);
                }
            }
            case WRITE -> {
                final int how = (bio.flags() & BioFlags.FUA) == 0 ? 0 : Falloc.RWF_DSYNC;
                if (registered < 0) {
                    sq.prepWrite(number, address, length, offset, how, userData);
                } else {
                    sq.prepWriteFixed(number, address, length, offset, how, registered, userData);
                }
            }
            case FLUSH -> sq.prepFsync(number, true, userData);
            case DISCARD -> {
                if (ringDiscard) {
                    sq.prepBlockDiscard(number, offset, bio.lengthBytes(), userData);
                    if (discardsWait) {
                        bio.mayWait(true);
                        sq.markAsync();
                    }
                } else {
                    sq.prepFallocate(number, discardMode(), offset, bio.lengthBytes(), userData);
                }
            }
            case WRITE_ZEROES -> sq.prepFallocate(number, zeroesMode(bio.flags()), offset, bio.lengthBytes(), userData);
        }
    }

    /// A block device takes PUNCH_HOLE as 'zeros, unmapped', and with NO_HIDE_STALE as a discard on the kernels that
    /// have not the ring's command. @kernel block/fops.c `blkdev_fallocate`
    private int discardMode() {
        return Falloc.PUNCH_HOLE | Falloc.KEEP_SIZE | (blockDevice ? Falloc.NO_HIDE_STALE : 0);
    }

    private static int zeroesMode(int flags) {
        return Falloc.KEEP_SIZE | ((flags & BioFlags.NOUNMAP) == 0 ? Falloc.PUNCH_HOLE : Falloc.ZERO_RANGE);
    }

    /// Blocking, for constructors: fills `to`, a native segment. 0 or `-errno`.
    public int readFully(long sector, MemorySegment to) {
        return fully(sector, to, Sys::pread);
    }

    public int writeFully(long sector, MemorySegment from) {
        return fully(sector, from, Sys::pwrite);
    }

    /// Blocking: what was written is durable. 0 or `-errno`.
    public int flush() {
        return Sys.fdatasync(fd.number());
    }

    @FunctionalInterface
    private interface Positioned {
        long call(int fd, long address, long length, long offset);
    }

    private int fully(long sector, MemorySegment memory, Positioned io) {
        long done = 0;
        while (done < memory.byteSize()) {
            final long n =
                    io.call(fd.number(), memory.address() + done, memory.byteSize() - done, (sector << 9) + done);
            if (n == 0) {
                return -Errno.EIO;
            }
            if (n < 0 && n != -Errno.EINTR) {
                return (int) n;
            }
            done += Math.max(n, 0);
        }
        return 0;
    }

    /// The device does not take registered bytes as they lie (EINVAL), or not at all (EFAULT).
    /// @kernel io_uring/rw.c `loop_rw_iter`; block/fops.c `blkdev_dio_invalid`
    private static boolean unreachable(int result) {
        return result == -Errno.EINVAL || result == -Errno.EFAULT;
    }

    /// The ring's first try must not wait, and a device whose driver knows no such thing, as many mapped
    /// ones, refuses it as if it could not discard: no error to who issued it, and nothing is discarded.
    /// @kernel block/blk-core.c `submit_bio_noacct`, BLK_FEAT_NOWAIT; block/ioctl.c `blkdev_cmd_discard`
    private boolean refusedNoWait(CoreBio bio) {
        if (bio.op() != ReqOp.DISCARD || !ringDiscard || bio.mayWait()) {
            return false;
        }
        discardsWait = true;
        return true;
    }

    /// A completion for `bio`, whose device is a ring device.
    @HotPath
    public static void completed(CoreBio bio, int result, QueueAgent agent) {
        final BlockDevice device = Objects.requireNonNull(bio.device());
        if (result == -Errno.EINTR || result == -Errno.EAGAIN) {
            if (bio.mayTryAgain()) {
                device.submit(bio, agent);
            } else {
                agent.lowerDone(bio, -Errno.EIO);
            }
            return;
        }
        if (unreachable(result) && bio.data().kind() == Data.Kind.REGISTERED && bio.expose()) {
            bio.doneBytes(0); // once more, from memory: all of it
            device.submit(bio, agent);
            return;
        }
        if (result == -Errno.EOPNOTSUPP && device instanceof RingDevice ring && ring.refusedNoWait(bio)) {
            ring.submit(bio, agent);
            return;
        }
        if (result < 0) {
            agent.lowerDone(bio, result);
            return;
        }
        if (!bio.op().hasData()) {
            agent.lowerDone(bio, 0);
            return;
        }
        bio.doneBytes(bio.doneBytes() + result);
        if (bio.doneBytes() >= bio.lengthBytes()) {
            agent.lowerDone(bio, 0);
        } else if (result == 0) {
            agent.lowerDone(bio, -Errno.EIO);
        } else {
            device.submit(bio, agent);
        }
    }
}
