package io.dmctl.cli;

import io.dmctl.targets.verity.tree.BlockHasher;
import io.dmctl.targets.verity.tree.FecFile;
import io.dmctl.targets.verity.tree.FecLayout;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.TreeBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Checks all data and hash blocks, and tells which are wrong and whether the parity would correct them.
final class VerityCheck {
    /// So many are told one by one, and looked at whether they can be corrected.
    private static final int MOST_TOLD = 1000;

    private static final int CHUNK_BYTES = 1 << 20;

    private final VerityFiles files;
    private final VeritySettings settings;
    private final byte[] root;
    private final Session session;
    private final HashTree tree;
    /// The digests that wrong blocks should have; hash blocks count on from the data blocks, as for the parity.
    private final Map<Long, byte[]> wrong = new TreeMap<>();

    private long wrongData;
    private long wrongHashes;

    VerityCheck(VerityFiles files, VeritySettings settings, byte[] root, Session session) {
        this.files = files;
        this.settings = settings;
        this.root = root;
        this.session = session;
        this.tree = settings.tree();
    }

    void run() throws CommandFailure, IOException {
        try (VerityDisk data = VerityDisk.toRead(files.data());
                VerityDisk hash = VerityDisk.toRead(files.hash())) {
            final byte[] stored = new byte[settings.hashBlockBytes()];
            final TreeBuilder builder = new TreeBuilder(
                    tree, settings.dataHasher(), settings.hashHasher(), (level, index, block, digests) -> {
                        hash.read((tree.levelStart(level) + index) * stored.length, stored, stored.length);
                        compare(level, index, block, stored, digests);
                        System.arraycopy(stored, 0, block, 0, stored.length);
                    });
            final Progress progress =
                    new Progress(session.streams().err(), "dmctl verity: checking", settings.dataBlocks());
            eachBlock(data, settings, progress, builder);
            if (!Arrays.equals(builder.finish(), root)) {
                found(tree.levels(), 0, root);
            }
            report(data, hash);
        }
    }

    /// Gives the data blocks to `builder`, in order.
    static void eachBlock(VerityDisk data, VeritySettings settings, Progress progress, TreeBuilder builder)
            throws IOException {
        final int size = settings.dataBlockBytes();
        final byte[] chunk = new byte[CHUNK_BYTES];
        final int most = CHUNK_BYTES / size;
        for (long block = 0; block < settings.dataBlocks(); block += most) {
            final int n = (int) Math.min(most, settings.dataBlocks() - block);
            data.read(block * size, chunk, n * size);
            for (int i = 0; i < n; i++) {
                builder.add(chunk, i * size);
            }
            progress.at(block);
        }
    }

    private void compare(int level, long index, byte[] made, byte[] stored, int digests) {
        final int length = tree.digestBytes();
        for (int i = 0; i < digests; i++) {
            final int at = i * tree.slotBytes();
            if (!Arrays.equals(made, at, at + length, stored, at, at + length)) {
                found(level, (index << tree.perBlockBits()) + i, Arrays.copyOfRange(stored, at, at + length));
            }
        }
    }

    /// What is below `level` is wrong: the data block, or the hash block of the level below, with this index.
    private void found(int level, long index, byte[] want) {
        final long block =
                level == 0 ? index : settings.dataBlocks() + tree.levelStart(level - 1) + index - tree.startBlock();
        wrongData += level == 0 ? 1 : 0;
        wrongHashes += level == 0 ? 0 : 1;
        if (wrong.size() < MOST_TOLD) {
            wrong.put(block, want);
        }
    }

    private void report(VerityDisk data, VerityDisk hash) throws CommandFailure, IOException {
        final PrintStream out = session.streams().out();
        if (wrongData + wrongHashes == 0) {
            out.println("all " + settings.dataBlocks() + " data blocks and " + (tree.endBlock() - tree.startBlock())
                    + " hash blocks are right");
            return;
        }
        for (long block : wrong.keySet()) {
            out.println(
                    block < settings.dataBlocks()
                            ? "data block " + block + " is wrong"
                            : "hash block " + (block - settings.dataBlocks() + tree.startBlock()) + " is wrong");
        }
        final String counts = wrongData + " data and " + wrongHashes + " hash blocks are wrong";
        throw new CommandFailure(ExitCode.DIFFERENT, files.data() + ": " + counts + correctable(data, hash));
    }

    private String correctable(VerityDisk data, VerityDisk hash) throws CommandFailure, IOException {
        if (files.fec().isEmpty()) {
            return "";
        }
        if (wrong.size() < wrongData + wrongHashes) {
            return ", too many to look whether the parity corrects them";
        }
        final FecLayout layout = settings.fec(files);
        final FecFile file = new FecFile(layout, data, hash, settings.hashStart() * settings.hashBlockBytes());
        int count = 0;
        try (VerityDisk fec = VerityDisk.toRead(files.fec().orElseThrow())) {
            for (Map.Entry<Long, byte[]> entry : wrong.entrySet()) {
                final byte[] plain = file.correct(entry.getKey(), fec, files.fecOffset(), null);
                final boolean right = plain != null && isRight(plain, entry.getValue());
                count += right || correctsKnowing(file, fec, entry) ? 1 : 0;
            }
        }
        return ", of which the parity corrects " + count;
    }

    private boolean correctsKnowing(FecFile file, VerityDisk fec, Map.Entry<Long, byte[]> entry) throws IOException {
        final byte[] block = file.correct(entry.getKey(), fec, files.fecOffset(), wrong::containsKey);
        return block != null && isRight(block, entry.getValue());
    }

    private boolean isRight(byte[] block, byte[] want) {
        final BlockHasher hasher = settings.dataHasher(); // hash blocks are of the same size where there is parity
        final byte[] digest = new byte[want.length];
        hasher.digest(block, 0, digest);
        return Arrays.equals(digest, want);
    }
}
