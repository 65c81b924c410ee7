package io.dmctl.backend.lower;

import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.BlockQueue;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileIdentity;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.targets.spi.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The lower devices that this process has claimed: one open description each, counted over the tables that use it.
///
/// The client opens the path (its folder, its permissions) and passes the descriptor; here it is opened again through
/// /proc/self/fd with the claim: O_EXCL on a block device, an OFD lock on a file. What another server of ours holds is
/// borrowed from it.
///
/// Thread rule: any thread; calls exclude one another.
public final class Claims implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);
    private static final int SECTOR = 512;
    private static final int BLOCK_LIMIT_SECTORS = (int) (((1L << 32) - 4096) >> 9);

    private final Lender others;
    private final Map<String, Claim> claims = new HashMap<>();

    /// Who else may hold a device.
    @FunctionalInterface
    public interface Lender {
        /// A descriptor of the open description that another server of ours holds the device by; empty when none does.
        Optional<Fd> borrow(String key);
    }

    private static final class Claim {
        final RingDevice device;
        int users;

        Claim(RingDevice device) {
            this.device = device;
        }
    }

    public Claims(Lender others) {
        this.others = others;
    }

    /// Claims what `passed` has open, once more if it is claimed here. `passed` stays the caller's.
    ///
    /// @throws ErrnoException EBUSY when somebody else has it; ENOTBLK when it is neither a file nor a block device
    public synchronized RingDevice open(Fd passed, boolean readOnly) throws ErrnoException {
        final FileIdentity id = FileIdentity.of(passed.number());
        final String key = key(id);
        Claim claim = claims.get(key);
        if (claim == null) {
            claim = new Claim(claim(passed, id, key, readOnly));
            claims.put(key, claim);
        }
        claim.users++;
        return claim.device;
    }

    /// Ends one use; the last one ends the claim.
    public synchronized void close(RingDevice device) {
        claims.values().removeIf(claim -> {
            if (claim.device != device || --claim.users > 0) {
                return false;
            }
            device.fd().close();
            return true;
        });
    }

    /// A second descriptor of what this process holds as `key`, for another server of ours.
    public synchronized Optional<Fd> lend(String key) throws ErrnoException {
        final Claim claim = claims.get(key);
        return claim == null ? Optional.empty() : Optional.of(claim.device.fd().duplicate());
    }

    private static String key(FileIdentity id) throws ErrnoException {
        if (id.isBlockDevice()) {
            return "block:" + id.rdev();
        }
        if (id.isRegularFile()) {
            return "file:" + id.dev() + ":" + id.inode();
        }
        throw new ErrnoException("open", "not a block device or a regular file", Errno.ENOTBLK);
    }

    private RingDevice claim(Fd passed, FileIdentity id, String key, boolean readOnly) throws ErrnoException {
        final String path = "/proc/self/fd/" + passed.number();
        final Fd fd = id.isBlockDevice() ? claimBlock(path, key, readOnly) : claimFile(path, id, key, readOnly);
        boolean ok = false;
        try {
            final RingDevice device = id.isBlockDevice()
                    ? blockDevice(fd, id)
                    : new RingDevice(fileName(path), fd, false, false, id.sizeBytes() / SECTOR, fileLimits());
            ok = true;
            return device;
        } finally {
            if (!ok) {
                fd.close();
            }
        }
    }

    private static RingDevice blockDevice(Fd fd, FileIdentity id) throws ErrnoException {
        final QueueLimits limits = limits(id);
        final boolean ringDiscard = limits.maxDiscardSectors() > 0 && IoUring.takesDiscard(fd.number());
        final long sectors = BlockDevices.sizeBytes(fd.number()) / SECTOR;
        return new RingDevice(id.rdev().toString(), fd, true, ringDiscard, sectors, limits);
    }

    private Fd claimBlock(String path, String key, boolean readOnly) throws ErrnoException {
        try {
            return open(path, OpenFlags.EXCL | OpenFlags.DIRECT, readOnly);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBUSY) {
                return others.borrow(key).orElseThrow(() -> e);
            }
            throw e;
        }
    }

    private Fd claimFile(String path, FileIdentity id, String key, boolean readOnly) throws ErrnoException {
        final Fd fd = openFile(path, id, readOnly);
        boolean ok = false;
        try {
            if (FileLocks.tryOfdLock(fd.number(), !readOnly)) {
                ok = true;
                return fd;
            }
        } finally {
            if (!ok) {
                fd.close();
            }
        }
        return others.borrow(key).orElseThrow(() -> new ErrnoException("lock", fileName(path), Errno.EBUSY));
    }

    /// Direct where the file system can do it in sectors, else through the page cache.
    private static Fd openFile(String path, FileIdentity id, boolean readOnly) throws ErrnoException {
        if (id.directIoAlignBytes() <= SECTOR) {
            try {
                return open(path, OpenFlags.DIRECT, readOnly);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EINVAL) {
                    throw e;
                }
            }
        }
        log.info("{}: the file system does no direct I/O in sectors, using the page cache", fileName(path));
        return open(path, 0, readOnly);
    }

    private static Fd open(String path, int flags, boolean readOnly) throws ErrnoException {
        return Fd.open(path, flags | (readOnly ? OpenFlags.RDONLY : OpenFlags.RDWR));
    }

    /// The path as a table word: a space or backslash in it is escaped.
    private static String fileName(String fdPath) {
        try {
            final String path = Files.readSymbolicLink(Path.of(fdPath)).toString();
            return path.replace("\\", "\\\\").replace(" ", "\\ ");
        } catch (IOException e) {
            return fdPath;
        }
    }

    private static QueueLimits limits(FileIdentity id) throws ErrnoException {
        final BlockQueue q;
        try {
            q = BlockQueue.of(id.rdev());
        } catch (IOException e) {
            throw new ErrnoException("read queue limits", id.rdev() + ": " + e.getMessage(), Errno.ENODEV);
        }
        return new QueueLimits(
                q.logicalBlockBytes(),
                q.physicalBlockBytes(),
                q.minimumIoBytes(),
                q.optimalIoBytes(),
                q.chunkSectors(),
                q.maxSectorsKib() * 2,
                q.maxSegments(),
                (int) Math.min(q.maxSegmentBytes(), QueueLimits.UNLIMITED),
                -1L,
                q.virtBoundaryMask(),
                q.dmaAlignmentMask(),
                sectors(q.discardMaxBytes()),
                q.discardGranularityBytes(),
                sectors(q.writeZeroesMaxBytes()),
                q.writeCache(),
                q.fua(),
                q.rotational(),
                false);
    }

    private static int sectors(long bytes) {
        return (int) Math.min(bytes / SECTOR, BLOCK_LIMIT_SECTORS);
    }

    /// A file is a disk with a write cache, whose holes are its discards.
    private static QueueLimits fileLimits() {
        final QueueLimits.Builder limits = QueueLimits.STACKING.toBuilder();
        limits.maxDiscardSectors = BLOCK_LIMIT_SECTORS;
        limits.discardGranularity = SECTOR;
        limits.maxWriteZeroesSectors = BLOCK_LIMIT_SECTORS;
        limits.volatileCache = true;
        limits.fua = true;
        return limits.build();
    }

    /// Ends every claim, at the end of the process.
    @Override
    public synchronized void close() {
        claims.values().forEach(claim -> claim.device.fd().close());
        claims.clear();
    }
}
