package io.dmctl.cli;

import io.dmctl.targets.verity.tree.FecEncoder;
import io.dmctl.targets.verity.tree.FecFile;
import io.dmctl.targets.verity.tree.FecLayout;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.Hex;
import io.dmctl.targets.verity.tree.TreeBuilder;
import io.dmctl.targets.verity.tree.VeritySuperblock;
import java.io.IOException;
import java.io.PrintStream;
import java.util.UUID;

/// Writes superblock, tree and parity, and tells the root hash.
final class VerityFormat {
    private final VerityFiles files;
    private final VeritySettings settings;
    private final Session session;

    VerityFormat(VerityFiles files, VeritySettings settings, Session session) {
        this.files = files;
        this.settings = settings;
        this.session = session;
    }

    void run() throws CommandFailure, IOException {
        if (files.fec().isPresent()) {
            settings.requireFec(files);
        }
        final byte[] root;
        try (VerityDisk data = VerityDisk.toRead(files.data());
                VerityDisk hash = VerityDisk.toWrite(files.hash())) {
            root = writeTree(data, hash);
            if (settings.uuid().isPresent()) {
                final byte[] sb = superblock(settings.uuid().get());
                hash.write(files.hashOffset(), sb, sb.length);
            }
            hash.sync();
            if (files.fec().isPresent()) {
                try (VerityDisk fec = VerityDisk.toWrite(files.fec().get())) {
                    writeParity(data, hash, fec);
                    fec.sync();
                }
            }
        }
        final PrintStream out = session.streams().out();
        settings.print(out, files.hash());
        out.println("Root hash:      \t" + Hex.format(root));
        out.println("Table:          \t" + settings.table(files, root));
    }

    private byte[] writeTree(VerityDisk data, VerityDisk hash) throws IOException {
        final HashTree tree = settings.tree();
        final TreeBuilder builder = new TreeBuilder(
                tree,
                settings.dataHasher(),
                settings.hashHasher(),
                (level, index, block, digests) ->
                        hash.write((tree.levelStart(level) + index) * block.length, block, block.length));
        VerityCheck.eachBlock(data, settings, progress("hashing"), builder);
        return builder.finish();
    }

    private Progress progress(String what) {
        return new Progress(session.streams().err(), "dmctl verity: " + what, settings.dataBlocks());
    }

    private byte[] superblock(UUID uuid) {
        return new VeritySuperblock(
                        settings.version(),
                        uuid,
                        settings.algorithm().kernelName(),
                        settings.dataBlockBytes(),
                        settings.hashBlockBytes(),
                        settings.dataBlocks(),
                        settings.salt())
                .encode();
    }

    private void writeParity(VerityDisk data, VerityDisk hash, VerityDisk fec) throws CommandFailure, IOException {
        final FecLayout layout = settings.fec(files);
        final FecFile file = new FecFile(layout, data, hash, settings.hashStart() * settings.hashBlockBytes());
        final FecEncoder encoder = new FecEncoder(layout.roots(), layout.blockBytes());
        final Progress progress = new Progress(session.streams().err(), "dmctl verity: parity", layout.regionBlocks());
        for (long index = 0; index < layout.regionBlocks(); index++) {
            file.encode(index, encoder, fec, files.fecOffset());
            progress.at(index);
        }
    }
}
