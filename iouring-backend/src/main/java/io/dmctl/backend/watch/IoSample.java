package io.dmctl.backend.watch;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmName;

/// What a device has done, counted from any moment: only differences of two samples mean something. Sectors are
/// 512 bytes.
///
/// @param timed whether times are counted; else `readNs`, `writeNs` and `inFlight` are 0
/// @param readNs the sum of the times that the reads took
/// @param inFlight requests that have begun and not ended, at the moment
public record IoSample(
        Engine engine,
        DmName name,
        long takenNs,
        boolean timed,
        long reads,
        long readSectors,
        long readNs,
        long writes,
        long writeSectors,
        long writeNs,
        long inFlight) {
    /// What was done since `before`, of the same device.
    public IoSample since(IoSample before) {
        return new IoSample(
                engine,
                name,
                takenNs - before.takenNs,
                timed,
                reads - before.reads,
                readSectors - before.readSectors,
                readNs - before.readNs,
                writes - before.writes,
                writeSectors - before.writeSectors,
                writeNs - before.writeNs,
                inFlight);
    }

    /// Reads a second, of a difference.
    public long readsPerSecond() {
        return perSecond(reads);
    }

    public long writesPerSecond() {
        return perSecond(writes);
    }

    public long readBytesPerSecond() {
        return perSecond(readSectors << 9);
    }

    public long writeBytesPerSecond() {
        return perSecond(writeSectors << 9);
    }

    /// The mean time of a read, of a difference; 0 without one.
    public long readLatencyNs() {
        return reads == 0 ? 0 : readNs / reads;
    }

    public long writeLatencyNs() {
        return writes == 0 ? 0 : writeNs / writes;
    }

    private long perSecond(long count) {
        return takenNs <= 0 ? 0 : Math.round(count * 1e9 / takenNs);
    }
}
