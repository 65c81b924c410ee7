package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads a persistent COW device, or makes one of a device whose first four bytes are zero. For constructors.
///
/// @kernel drivers/md/dm-snap-persistent.c `persistent_read_metadata`
final class CowLoader {
    static final int DEFAULT_CHUNK_SECTORS = 32;

    private static final String TEXT = "Failed to read snapshot metadata";
    private static final int EIO = 5;
    private static final int ENXIO = 6;

    private final BlockingIo io;
    private final LowerDevice dev;
    private final ChunkSize rule;
    private final ExceptionTable exceptions = new ExceptionTable();
    private boolean valid = true;

    CowLoader(BlockingIo io, LowerDevice dev, ChunkSize rule) {
        this.io = io;
        this.dev = dev;
        this.rule = rule;
    }

    ExceptionTable exceptions() {
        return exceptions;
    }

    /// False: the header says that the store is invalid, and its exceptions were not read.
    boolean isValid() {
        return valid;
    }

    /// `chunkSectors` is for a new store, 0 for the default; a store that is there has its own.
    ///
    /// @throws TargetException ENXIO for another magic, EINVAL for another version or a chunk size that the
    /// devices
    ///     cannot have, or the errno of the I/O
    PersistentStore load(int chunkSectors) throws TargetException {
        final int block = dev.limits().logicalBlockSize();
        final int wanted = chunkSectors != 0 ? chunkSectors : Math.max(DEFAULT_CHUNK_SECTORS, block >> 9);
        requireInside(0, wanted);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment first = arena.allocate(block, Math.max(block, 4096));
            io.read(dev, 0, first);
            final int magic = CowHeader.magic(first);
            if (magic == 0) {
                return create(wanted, block);
            }
            if (magic != CowHeader.MAGIC) {
                throw new TargetException(TEXT + ": Invalid or corrupt snapshot", ENXIO, -1);
            }
            return open(CowHeader.read(first), block);
        }
    }

    private PersistentStore create(int chunkSectors, int block) throws TargetException {
        final PersistentStore store = new PersistentStore(dev, chunkSectors, block);
        boolean ok = false;
        try {
            // The kernel writes the header first. This order is safe when the power goes in between.
            final long area = store.layout().areaChunk(0) * chunkSectors;
            requireInside(area, chunkSectors);
            io.write(dev, area, store.zeros());
            io.flush(dev);
            if (store.zeros().byteSize() > block) {
                io.write(dev, block >> 9, store.zeros().asSlice(block));
            }
            new CowHeader(true, CowHeader.VERSION, chunkSectors).write(store.header());
            io.write(dev, 0, store.header());
            io.flush(dev);
            ok = true;
            return store;
        } catch (TargetException e) {
            throw unreadable(e);
        } finally {
            if (!ok) {
                store.close();
            }
        }
    }

    private PersistentStore open(CowHeader header, int block) throws TargetException {
        final String bad = rule.refuses(Integer.toUnsignedLong(header.chunkSectors()));
        if (!bad.isEmpty()) {
            throw TargetException.invalid(TEXT + ": invalid on-disk chunk size "
                    + Integer.toUnsignedString(header.chunkSectors()) + ": " + bad);
        }
        if (header.version() != CowHeader.VERSION) {
            throw TargetException.invalid(TEXT + ": unable to handle snapshot disk version " + header.version());
        }
        final PersistentStore store = new PersistentStore(dev, header.chunkSectors(), block);
        boolean ok = false;
        try {
            valid = header.valid();
            if (valid) {
                readAreas(store);
            }
            ok = true;
            return store;
        } catch (TargetException e) {
            throw unreadable(e);
        } finally {
            if (!ok) {
                store.close();
            }
        }
    }

    private void readAreas(PersistentStore store) throws TargetException {
        final CowLayout layout = store.layout();
        final ExceptionArea area = store.area();
        long nextFree = layout.firstFree();
        long index = -1;
        do {
            index++;
            final long sector = layout.areaChunk(index) * layout.chunkSectors();
            requireInside(sector, layout.chunkSectors());
            io.read(dev, sector, area.bytes());
            area.scan();
            for (int i = 0; i < area.used(); i++) {
                exceptions.put(area.oldChunk(i), area.newChunk(i));
                nextFree = Math.max(nextFree, area.newChunk(i) + 1);
            }
        } while (area.isFull());
        store.loaded(index, nextFree);
    }

    private void requireInside(long sector, long sectors) throws TargetException {
        if (sector + sectors > dev.sizeSectors()) {
            throw new TargetException(TEXT + ": sector " + sector + " is past the end of " + dev.name(), EIO, -1);
        }
    }

    private static TargetException unreadable(TargetException e) {
        return e.getMessage().startsWith(TEXT) ? e : new TargetException(TEXT + ": " + e.getMessage(), e.errno(), -1);
    }
}
