package io.dmctl.targets.testkit;

import io.dmctl.targets.core.TableException;
import java.util.Arrays;
import java.util.SplittableRandom;

/// A verity device of blocks of 512 bytes over `d` (data), `h` (hashes) and `f` (parity), all good to begin with.
final class VerityRig implements AutoCloseable {
    static final int BLOCK = 512;
    private static final int FOREIGN_BLOCKS = 3;

    final TestGroup group;
    final RamDevice data;
    final RamDevice hashes;
    final RamDevice fec;
    final byte[] good;
    final NaiveVerity model;
    private final TestDevice dev;
    private final int roots;

    /// Data blocks from `zeroFrom` on are zeros. `roots`: 0 for no parity.
    VerityRig(long seed, int blocks, int zeroFrom, int roots, int ownBios) {
        this.roots = roots;
        group = new TestGroup(new TestGroup.Config(seed, 2, 16, ownBios));
        final SplittableRandom random = new SplittableRandom(seed);
        good = new byte[blocks * BLOCK];
        random.nextBytes(good);
        Arrays.fill(good, zeroFrom * BLOCK, good.length, (byte) 0);
        final byte[] salt = new byte[16];
        random.nextBytes(salt);
        model = NaiveVerity.of(good, 1, "sha256", salt, BLOCK, BLOCK);
        data = group.ram("d", blocks);
        data.setContents(good);
        // What follows the tree on its device is covered by the parity too.
        final byte[] area = Arrays.copyOf(model.tree(), model.tree().length + FOREIGN_BLOCKS * BLOCK);
        Arrays.fill(area, model.tree().length, area.length, (byte) 0x5a);
        hashes = group.ram("h", area.length / BLOCK);
        hashes.setContents(area);
        if (roots > 0) {
            final byte[] covered = Arrays.copyOf(good, good.length + area.length);
            System.arraycopy(area, 0, covered, good.length, area.length);
            final byte[] parity = NaiveFec.parity(covered, BLOCK, roots);
            fec = group.ram("f", parity.length / BLOCK + 1);
            final byte[] image = new byte[parity.length + BLOCK];
            System.arraycopy(parity, 0, image, BLOCK, parity.length);
            fec.setContents(image);
        } else {
            fec = data;
        }
        dev = group.create("v");
    }

    int blocks() {
        return good.length / BLOCK;
    }

    int hashBlocks() {
        return model.tree().length / BLOCK;
    }

    /// The table with these options, parity aside.
    TestDevice live(String... options) throws TableException {
        final StringBuilder words = new StringBuilder(String.join(" ", options));
        int count = options.length;
        if (roots > 0) {
            count += 8;
            words.append(" use_fec_from_device f fec_start 1 fec_roots ")
                    .append(roots)
                    .append(" fec_blocks ")
                    .append(blocks() + hashes.sizeSectors());
        }
        dev.loadReadOnly(
                "0 " + blocks() + " verity " + model.params("d", "h", blocks(), 0) + " " + count + " " + words);
        dev.resume();
        return dev;
    }

    /// What INFO says after `0 <length> verity `.
    String info() {
        return dev.info().split(" ", 4)[3];
    }

    void spoil(RamDevice device, int block) {
        final byte[] all = device.contents();
        for (int i = 0; i < BLOCK; i++) {
            all[block * BLOCK + i] ^= (byte) (i % 3 + 1);
        }
        device.setContents(all);
    }

    /// How many data blocks are not as they should be.
    int spoiled() {
        final byte[] now = data.contents();
        int count = 0;
        for (int at = 0; at < good.length; at += BLOCK) {
            count += Arrays.equals(good, at, at + BLOCK, now, at, at + BLOCK) ? 0 : 1;
        }
        return count;
    }

    @Override
    public void close() {
        group.close();
    }
}
