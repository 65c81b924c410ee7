package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorRun;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What one thread encrypts and decrypts with. Only that thread uses it; the control thread closes it, or takes
/// the
/// ciphers away after a change of the key, while nothing is in flight.
@HotPath
final class CryptThread implements AutoCloseable {
    private static final SectorCipher[] NONE = {};

    private final Arena arena = Arena.ofShared();
    private final CryptCiphers factory;
    private final IvMode iv;
    private final int sectorBytes;
    private final int sectorStep;
    private final int ivShift;
    private final MemorySegment ivs;
    private final SectorRun run = new SectorRun();
    private final SectorRun ivRun = new SectorRun();
    private SectorCipher[] ciphers = NONE;
    private SectorCipher[] essiv = NONE;
    final WriteBuffers buffers = new WriteBuffers(arena);

    /// For pieces of at most `maxSectors` sectors of 512 bytes.
    CryptThread(CryptTable table, int maxSectors) {
        final CryptOptions options = table.options();
        this.factory = table.ciphers();
        this.iv = table.cipher().iv();
        this.sectorBytes = options.sectorBytes();
        this.sectorStep = options.sectorStep();
        this.ivShift = options.has(CryptOptions.Flag.IV_LARGE_SECTORS) ? Integer.numberOfTrailingZeros(sectorStep) : 0;
        final int vectors = maxSectors / sectorStep;
        this.ivs = arena.allocate((long) vectors * SectorRun.IV_BYTES, SectorRun.IV_BYTES);
        ivRun.from = ivs;
        ivRun.to = ivs;
        ivRun.ivs = ivs;
        ivRun.sectorBytes = SectorRun.IV_BYTES;
    }

    /// Makes the ciphers, at the first request after the table was made or the key was set.
    ///
    /// @throws TargetException when that fails
    void open() throws TargetException {
        if (!ready()) {
            essiv = factory.openEssiv();
            ciphers = factory.open();
        }
    }

    boolean ready() {
        return ciphers.length > 0;
    }

    /// The key has changed.
    void dropCiphers() {
        CryptCiphers.closeAll(ciphers);
        CryptCiphers.closeAll(essiv);
        ciphers = NONE;
        essiv = NONE;
    }

    /// From `from` to page `page` of the write buffers.
    void encrypt(MemorySegment from, long fromAt, CryptIo io) {
        run.from = from;
        run.fromAt = fromAt;
        run.to = buffers.memory;
        run.toAt = (long) io.page << WriteBuffers.PAGE_SHIFT;
        convert(io, true);
    }

    void decrypt(CryptIo io) {
        run.from = io.buffer;
        run.fromAt = io.at;
        run.to = io.buffer;
        run.toAt = io.at;
        convert(io, false);
    }

    private void convert(CryptIo io, boolean encrypt) {
        final int sectors = io.bytes / sectorBytes;
        iv.fill(ivs, io.ivSector, sectorStep, ivShift, sectors);
        run.sectorBytes = sectorBytes;
        run.ivs = ivs;
        run.ivAt = 0;
        final SectorCipher[] all = ciphers;
        if (all.length == 1) {
            convert(0, sectors, encrypt);
            return;
        }
        for (int i = 0; i < sectors; i++) {
            convert((int) (io.ivSector + (long) i * sectorStep) & (all.length - 1), 1, encrypt);
            run.fromAt += sectorBytes;
            run.toAt += sectorBytes;
            run.ivAt += SectorRun.IV_BYTES;
        }
    }

    /// `sectors` sectors of the run with key `index`.
    private void convert(int index, int sectors, boolean encrypt) {
        if (essiv.length > 0) {
            ivRun.fromAt = run.ivAt;
            ivRun.toAt = run.ivAt;
            ivRun.sectors = sectors;
            essiv[index].encrypt(ivRun);
        }
        run.sectors = sectors;
        if (encrypt) {
            ciphers[index].encrypt(run);
        } else {
            ciphers[index].decrypt(run);
        }
    }

    @Override
    public void close() {
        dropCiphers();
        arena.close();
    }
}
