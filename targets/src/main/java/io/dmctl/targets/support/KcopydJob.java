package io.dmctl.targets.support;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.QueueContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One copy: what from, where to, whom to tell. Taken from [Kcopyd#newJob], filled in, given to [Kcopyd#submit], and
/// Kcopyd's again when [Notify#done] returns.
///
/// Thread rule: that of its [Kcopyd].
@HotPath
public final class KcopydJob {
    /// Told when a job is over.
    @FunctionalInterface
    public interface Notify {
        /// [#readError], [#writeErrors] and [#context] tell what became of which job; it may submit others.
        @HotPath
        void done(KcopydJob job, QueueContext q);
    }

    private final LowerDevice[] toDevices = new LowerDevice[Kcopyd.MAX_DESTINATIONS];
    private final long[] toSectors = new long[Kcopyd.MAX_DESTINATIONS];
    private int destinations;
    private @Nullable LowerDevice from;
    private long fromSector;
    private long lenSectors;
    private boolean ignoreErrors;
    private @Nullable Notify notify;
    private @Nullable Object context;
    private boolean readError;
    private int writeErrors;

    /// Sectors that pieces were made of.
    long issuedSectors;
    /// Pieces that are not done.
    int pieces;

    @Nullable
    KcopydJob next;

    KcopydJob() {}

    /// Copies `sectors` sectors that start at `sector` of `dev`.
    public KcopydJob from(LowerDevice dev, long sector, long sectors) {
        from = dev;
        fromSector = sector;
        lenSectors = sectors;
        return this;
    }

    /// Writes `sectors` sectors of zeros.
    public KcopydJob zeroes(long sectors) {
        from = null;
        lenSectors = sectors;
        return this;
    }

    /// Adds a destination, up to [Kcopyd#MAX_DESTINATIONS]. The n-th has bit n in [#writeErrors].
    public KcopydJob to(LowerDevice dev, long sector) {
        toDevices[destinations] = dev;
        toSectors[destinations] = sector;
        destinations++;
        return this;
    }

    /// Goes on after an error, with the other sectors and destinations. Without, what was not begun is left out.
    public KcopydJob ignoreErrors(boolean on) {
        ignoreErrors = on;
        return this;
    }

    /// `about` is handed back by [#context].
    public KcopydJob notify(Notify fn, @Nullable Object about) {
        notify = fn;
        context = about;
        return this;
    }

    public @Nullable Object context() {
        return context;
    }

    /// Could a part of the source not be read? It was not written anywhere then.
    public boolean readError() {
        return readError;
    }

    /// Bit n: the n-th destination could not be written, in part at least.
    public int writeErrors() {
        return writeErrors;
    }

    @Nullable
    LowerDevice source() {
        return from;
    }

    long sourceSector() {
        return fromSector;
    }

    long sectors() {
        return lenSectors;
    }

    int destinations() {
        return destinations;
    }

    LowerDevice device(int destination) {
        return toDevices[destination];
    }

    long sector(int destination) {
        return toSectors[destination];
    }

    void check() {
        if (lenSectors <= 0 || destinations == 0 || notify == null) {
            throw new IllegalArgumentException(
                    "kcopyd: " + lenSectors + " sectors to " + destinations + " destinations, told to " + notify);
        }
    }

    void failRead() {
        readError = true;
    }

    void failWrite(int destination) {
        writeErrors |= 1 << destination;
    }

    /// Is the rest left out?
    boolean stopped() {
        return !ignoreErrors && (readError || writeErrors != 0);
    }

    boolean allIssued() {
        return issuedSectors == lenSectors || stopped();
    }

    void tell(QueueContext q) {
        Objects.requireNonNull(notify).done(this, q);
    }

    void reset() {
        destinations = 0;
        from = null;
        ignoreErrors = false;
        notify = null;
        context = null;
        readError = false;
        writeErrors = 0;
        issuedSectors = 0;
        pieces = 0;
        next = null;
    }
}
