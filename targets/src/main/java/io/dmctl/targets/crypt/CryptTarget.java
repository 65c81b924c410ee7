package io.dmctl.targets.crypt;

import io.dmctl.targets.crypt.CryptOptions.Flag;
import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.EndIoResult;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetLimits;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A WRITE is encrypted into memory of its own and sent on; a READ is decrypted where it lies when it comes
/// back.
///
/// @kernel drivers/md/dm-crypt.c
final class CryptTarget implements Target {
    private static final int EAGAIN = 11;
    /// @kernel drivers/md/dm-crypt.c `DM_CRYPT_DEFAULT_MAX_WRITE_SIZE`
    private static final int MAX_IO_BYTES = 131072;

    private final CryptTable table;
    private final CryptKey key;
    private final long beginSector;
    private final long lenSectors;
    private final long ivOffset;
    private final LowerDevice dev;
    private final long startSector;
    private final int maxSectors;
    private final int alignMask;
    private final CryptThreads threads;
    private boolean suspended;

    CryptTarget(TargetContext ti, CryptTable table) {
        this.table = table;
        this.key = table.key();
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.ivOffset = table.ivOffset();
        this.dev = table.dev();
        this.startSector = table.startSector();
        final int align =
                Math.max(dev.limits().logicalBlockSize(), table.options().sectorBytes());
        this.maxSectors = Math.max(align, MAX_IO_BYTES - MAX_IO_BYTES % align) >> 9;
        this.alignMask = table.options().sectorStep() - 1;
        this.threads = new CryptThreads(() -> new CryptThread(table, maxSectors));
    }

    @Override
    public TargetLimits limits() {
        return new TargetLimits(0, 1, table.options().has(Flag.ALLOW_DISCARDS) ? 1 : 0, 0, false, false, false);
    }

    @Override
    public String provider() {
        return table.ciphers().provider();
    }

    @Override
    public Object newPerIo() {
        return new CryptIo();
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        return switch (bio.op()) {
            case FLUSH -> {
                bio.remap(dev, 0);
                yield MapResult.REMAPPED;
            }
            case DISCARD -> {
                bio.remap(dev, startSector + (bio.sector() - beginSector));
                yield MapResult.REMAPPED;
            }
            case WRITE_ZEROES -> MapResult.KILL; // not asked for: the core writes zeros, which are encrypted
            case READ, WRITE -> mapData(bio, q);
        };
    }

    private MapResult mapData(Bio bio, QueueContext q) {
        if (bio.sectors() > maxSectors) {
            bio.acceptPartial(maxSectors);
        }
        if (((bio.sector() | bio.sectors()) & alignMask) != 0) {
            return MapResult.KILL;
        }
        final CryptThread thread = threads.get(q.threadIndex());
        if (!thread.ready() && !threads.open(thread)) {
            return MapResult.KILL;
        }
        final MemorySegment buffer = q.bounce(bio);
        if (buffer == null) {
            return MapResult.PARK;
        }
        final long offset = bio.sector() - beginSector;
        final CryptIo io = (CryptIo) Objects.requireNonNull(bio.perIo());
        io.ivSector = offset + ivOffset;
        io.bytes = bio.sectors() << 9;
        if (bio.op() == ReqOp.READ) {
            io.buffer = buffer;
            io.at = bio.data().offsetBytes();
        } else {
            io.pages = WriteBuffers.pages(io.bytes);
            io.page = thread.buffers.take(io.pages);
            if (io.page < 0) {
                return MapResult.PARK;
            }
            thread.encrypt(buffer, bio.data().offsetBytes(), io);
            bio.data().set(thread.buffers.data, (long) io.page << WriteBuffers.PAGE_SHIFT);
        }
        bio.remap(dev, startSector + offset);
        return MapResult.REMAPPED;
    }

    @Override
    @HotPath
    public EndIoResult endIo(Bio bio, QueueContext q) {
        if (bio.op().hasData()) {
            final CryptIo io = (CryptIo) Objects.requireNonNull(bio.perIo());
            final CryptThread thread = threads.get(q.threadIndex());
            if (bio.op() == ReqOp.WRITE) {
                thread.buffers.give(io.page, io.pages);
            } else if (bio.status() == 0) {
                thread.decrypt(io);
            }
        }
        return EndIoResult.DONE;
    }

    @Override
    public void postsuspend() {
        suspended = true;
    }

    @Override
    public void preresume() throws TargetException {
        if (!key.valid()) {
            throw new TargetException("aborting resume - crypt key is not set.", EAGAIN, -1);
        }
    }

    @Override
    public void resume() {
        suspended = false;
    }

    /// `key set <key>` and `key wipe`, while the device is suspended.
    @Override
    public String message(TargetArgs args) throws TargetException {
        final String unknown = "unrecognised message received.";
        if (args.count() < 2 || !args.shift(unknown).equalsIgnoreCase("key")) {
            throw TargetException.invalid(unknown);
        }
        if (!suspended) {
            throw TargetException.invalid("not suspended during key manipulation.");
        }
        final String verb = args.shift(unknown);
        if (verb.equalsIgnoreCase("set") && args.remaining() == 1) {
            setKey(args.shiftSecret(unknown));
        } else if (verb.equalsIgnoreCase("wipe") && args.remaining() == 0) {
            key.wipe();
            threads.dropCiphers();
        } else {
            throw TargetException.invalid(unknown);
        }
        return "";
    }

    private void setKey(MemorySegment word) throws TargetException {
        if (CryptKey.size(word) != key.sizeBytes()) {
            throw TargetException.invalid("the key size may not be changed");
        }
        key.set(word);
        threads.dropCiphers();
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO -> {}
            case TABLE -> table.print(out);
        }
    }

    /// @kernel drivers/md/dm-crypt.c `crypt_io_hints`
    @Override
    public void ioHints(QueueLimits.Builder limits) {
        final int bytes = table.options().sectorBytes();
        limits.logicalBlockSize = Math.max(limits.logicalBlockSize, bytes);
        limits.physicalBlockSize = Math.max(limits.physicalBlockSize, bytes);
        limits.ioMin = Math.max(limits.ioMin, bytes);
        limits.dmaAlignmentMask = limits.logicalBlockSize - 1;
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        visitor.visit(dev, startSector, lenSectors);
    }

    @Override
    public void close() {
        threads.close();
        key.close();
    }
}
