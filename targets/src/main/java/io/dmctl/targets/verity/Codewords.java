package io.dmctl.targets.verity;

import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.verity.tree.FecDecoder;
import io.dmctl.targets.verity.tree.FecLayout;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Corrects a block by the parity of its codewords: reads all blocks of them and the parity, decodes; where that
/// does not give the right block, finds the data blocks among them whose digest is wrong, which mends twice as
/// much, and decodes again. [Repair#decoded] is told.
///
/// Not the hot path. Confined to the thread of its queue; one correction after the other.
///
/// @kernel drivers/md/dm-verity-fec.c `fec_decode` `fec_read_bufs`
final class Codewords {
    private enum Step {
        IDLE,
        READ,
        LOCATE
    }

    private final VerityTarget target;
    private final VerityParams params;
    private final VerityQueue queue;
    private final Repair repair;
    private final FecParams fec;
    private final FecLayout layout;
    private final FecDecoder decoder;
    private final VerityIo locator;
    private Step step = Step.IDLE;
    private byte[] want = new byte[0];
    private long indexInRegion;
    private int targetRegion;
    /// The region that is to be read next, the parity after the last; and how many reads are on their way.
    private int nextRead;

    private int pending;
    private boolean parityFailed;
    private int located;

    Codewords(VerityTarget target, VerityParams params, VerityQueue queue, Repair repair, FecParams fec) {
        this.target = target;
        this.params = params;
        this.queue = queue;
        this.repair = repair;
        this.fec = fec;
        this.layout = fec.layout();
        this.decoder = new FecDecoder(layout);
        this.locator = new VerityIo(params.tree().digestBytes());
    }

    /// Begins with `block`, counted from the first data block, whose digest is to be `digest`.
    void start(long block, byte[] digest, QueueContext q) {
        want = digest;
        targetRegion = (int) Long.divideUnsigned(block, layout.regionBlocks());
        indexInRegion = Long.remainderUnsigned(block, layout.regionBlocks());
        decoder.start();
        parityFailed = false;
        nextRead = 0;
        step = Step.READ;
        goOn(q);
    }

    /// Issues what can be issued now.
    void goOn(QueueContext q) {
        if (step != Step.READ) {
            return;
        }
        final int k = layout.messageBytes();
        while (nextRead < k && readBlock(q, layout.block(nextRead, indexInRegion))) {
            nextRead++;
        }
        final long parity = fec.startBlock() + indexInRegion * layout.roots();
        if (nextRead == k && repair.read(q, fec.dev(), parity, layout.roots(), k)) {
            pending++;
            nextRead++;
        }
    }

    private boolean readBlock(QueueContext q, long block) {
        if (!layout.covered(block)) {
            decoder.zero(nextRead);
            return true;
        }
        final boolean started = layout.onDataDevice(block)
                ? repair.read(q, params.dataDev(), block, 1, nextRead)
                : repair.read(
                        q, params.hashDev(), params.tree().startBlock() + layout.hashDeviceBlock(block), 1, nextRead);
        pending += started ? 1 : 0;
        return started;
    }

    /// A read to block `at` of the memory is done.
    void arrived(int at, int status, QueueContext q) {
        pending--;
        final int k = layout.messageBytes();
        if (status != 0 && at < k) {
            decoder.failed(at);
        }
        parityFailed |= status != 0 && at == k;
        if (pending == 0 && nextRead > k) {
            allRead(q);
        }
    }

    private void allRead(QueueContext q) {
        if (parityFailed) {
            tell(null, q);
        } else if (target.ignoresZeroBlocks()) {
            startLocate(q); // blocks that are known to be zero count as such, whatever was read
        } else {
            final byte[] block = decode(false);
            if (block == null) {
                startLocate(q);
            } else {
                tell(block, q);
            }
        }
    }

    private byte @Nullable [] decode(boolean erasures) {
        final byte[] block = decoder.decode(memory(), targetRegion, erasures);
        return block != null && queue.isGood(block, want) ? block : null;
    }

    private MemorySegment memory() {
        return repair.memory();
    }

    private void tell(byte @Nullable [] block, QueueContext q) {
        step = Step.IDLE;
        repair.decoded(block, q);
    }

    // ---- which of the data blocks are wrong ----

    boolean isLocator(VerityIo io) {
        return io == locator;
    }

    /// The hash block in `slot`, which is bad, keeps the search no longer: it goes on without. Hash blocks that are bad
    /// have their turn after this correction.
    void giveUp(int slot, QueueContext q) {
        if (queue.cache().removeWaiter(slot, locator)) {
            locator.failure = Repair.EIO;
            locate(q);
        }
    }

    private void startLocate(QueueContext q) {
        step = Step.LOCATE;
        located = 0;
        locator.failure = 0;
        locate(q);
    }

    /// Called again when a digest that it waited for is there, or cannot be had.
    void locate(QueueContext q) {
        while (located < layout.messageBytes()) {
            final long block = layout.block(located, indexInRegion);
            if (layout.onDataDevice(block) && locator.failure == 0) {
                final int got = queue.digestOf(locator, block, q);
                if (got == VerityQueue.WAITS) {
                    return;
                }
                if (got == VerityQueue.READY) {
                    judge(located);
                }
            }
            locator.failure = 0;
            located++;
        }
        byte[] block = target.ignoresZeroBlocks() ? decode(false) : null;
        if (block == null) {
            block = decode(true);
        }
        tell(block, q);
    }

    private void judge(int region) {
        if (target.isZeroDigest(locator.want)) {
            decoder.zero(region);
        } else if (!queue.isGood(memory(), (long) region * layout.blockBytes(), locator.want)) {
            decoder.failed(region);
        }
    }
}
