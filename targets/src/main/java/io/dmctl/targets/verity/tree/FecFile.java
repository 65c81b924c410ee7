package io.dmctl.targets.verity.tree;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The parity of a device that is at rest: made, or used to correct a block.
///
/// Confined to one thread.
public final class FecFile {
    private final FecLayout layout;
    private final BlockReader data;
    private final BlockReader hashes;
    private final long hashOffset;

    /// The tree begins at byte `hashOffset` of `hashes`.
    public FecFile(FecLayout layout, BlockReader data, BlockReader hashes, long hashOffset) {
        this.layout = layout;
        this.data = data;
        this.hashes = hashes;
        this.hashOffset = hashOffset;
    }

    /// Writes the parity of the codewords of row `index`, of `0..regionBlocks - 1`, to `out` from byte `fecOffset` on.
    public void encode(long index, FecEncoder encoder, BlockWriter out, long fecOffset) throws IOException {
        final byte[] block = new byte[layout.blockBytes()];
        encoder.start();
        for (int region = 0; region < layout.messageBytes(); region++) {
            read(layout.block(region, index), block);
            encoder.add(block);
        }
        final byte[] parity = encoder.parity();
        out.write(fecOffset + index * parity.length, parity, parity.length);
    }

    private void read(long block, byte[] to) throws IOException {
        if (!layout.covered(block)) {
            Arrays.fill(to, (byte) 0);
        } else if (layout.onDataDevice(block)) {
            data.read(block * to.length, to, to.length);
        } else {
            hashes.read(hashOffset + layout.hashDeviceBlock(block) * to.length, to, to.length);
        }
    }

    /// Data block `block` corrected by the parity in `fec`, or null when that is not possible; whether it is right its
    /// digest must tell. `wrong` tells of other data blocks that they are wrong; null to do without that knowledge.
    public byte @Nullable [] correct(long block, BlockReader fec, long fecOffset, @Nullable LongPredicate wrong)
            throws IOException {
        final int size = layout.blockBytes();
        final long index = block % layout.regionBlocks();
        final byte[] all = new byte[FecLayout.CODEWORD * size];
        final byte[] one = new byte[size];
        final FecDecoder decoder = new FecDecoder(layout);
        decoder.start();
        for (int region = 0; region < layout.messageBytes(); region++) {
            final long number = layout.block(region, index);
            read(number, one);
            System.arraycopy(one, 0, all, region * size, size);
            if (wrong != null && layout.onDataDevice(number) && wrong.test(number)) {
                decoder.failed(region);
            }
        }
        final byte[] parity = new byte[layout.roots() * size];
        fec.read(fecOffset + index * parity.length, parity, parity.length);
        System.arraycopy(parity, 0, all, layout.messageBytes() * size, parity.length);
        return decoder.decode(MemorySegment.ofArray(all), (int) (block / layout.regionBlocks()), wrong != null);
    }
}
