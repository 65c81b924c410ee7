package io.dmctl.cli;

import io.dmctl.targets.verity.tree.BlockHasher;
import io.dmctl.targets.verity.tree.FecLayout;
import io.dmctl.targets.verity.tree.HashAlgorithm;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.Hex;
import io.dmctl.targets.verity.tree.VeritySuperblock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;

/// What a verity device is made of: from the options, or from the superblock. `hashStart` counts hash blocks.
@SuppressWarnings("ArrayRecordComponent")
record VeritySettings(
        int version,
        Optional<UUID> uuid,
        HashAlgorithm algorithm,
        byte[] salt,
        int dataBlockBytes,
        int hashBlockBytes,
        long dataBlocks,
        long hashStart,
        int fecRoots) {
    private static final int RANDOM_SALT = 32;
    private static final int MAX_BLOCK = 512 << 10;

    /// What `format` is to make.
    static VeritySettings forFormat(Arguments args, VerityFiles files) throws CommandFailure, IOException {
        final Optional<UUID> uuid = args.has("--no-superblock") ? Optional.empty() : Optional.of(uuid(args));
        byte[] random = new byte[RANDOM_SALT];
        new SecureRandom().nextBytes(random);
        return ofOptions(args, files, uuid, salt(args).orElse(random));
    }

    /// What is there.
    static VeritySettings of(Arguments args, VerityFiles files) throws CommandFailure, IOException {
        if (args.has("--no-superblock")) {
            return ofOptions(args, files, Optional.empty(), salt(args).orElse(new byte[0]));
        }
        final VeritySettings there = ofSuperblock(files.hash(), files.hashOffset());
        return new VeritySettings(
                there.version,
                there.uuid,
                there.algorithm,
                there.salt,
                there.dataBlockBytes,
                there.hashBlockBytes,
                there.dataBlocks,
                there.hashStart,
                args.number("--fec-roots", 2, 24, 2));
    }

    private static VeritySettings ofOptions(Arguments args, VerityFiles files, Optional<UUID> uuid, byte[] salt)
            throws CommandFailure, IOException {
        final int version = args.number("--format", 0, 1, 1);
        final int fecRoots = args.number("--fec-roots", 2, 24, 2);
        final int dataBlock = blockSize(args, "--data-block-size");
        final int hashBlock = blockSize(args, "--hash-block-size");
        final HashAlgorithm algorithm = algorithm(args.value("--hash").orElse("sha256"));
        if (algorithm.digestBytes() * 2 > hashBlock) {
            throw CommandFailure.usage("--hash-block-size must hold two digests, was " + hashBlock);
        }
        final long dataBlocks = args.has("--data-blocks")
                ? Arguments.number(
                        "--data-blocks", args.value("--data-blocks").orElse(""), 1, Long.MAX_VALUE / dataBlock)
                : allBlocks(files, dataBlock);
        if (dataBlocks == 0) {
            throw CommandFailure.usage(files.data() + ": has not a whole block of " + dataBlock + " bytes");
        }
        final long hashStart = start(files.hashOffset(), uuid.isPresent(), hashBlock);
        if (files.dataIsHash() && Long.compareUnsigned(files.hashOffset(), dataBlocks * dataBlock) < 0) {
            throw CommandFailure.usage("--hash-offset " + files.hashOffset() + " is inside the data, which ends at "
                    + dataBlocks * dataBlock);
        }
        if (uuid.isEmpty() && files.hashOffset() % hashBlock != 0) {
            throw CommandFailure.usage("--hash-offset must be a multiple of the hash block size without a superblock");
        }
        return new VeritySettings(
                version, uuid, algorithm, salt, dataBlock, hashBlock, dataBlocks, hashStart, fecRoots);
    }

    private static long allBlocks(VerityFiles files, int dataBlock) throws IOException {
        try (VerityDisk data = VerityDisk.toRead(files.data())) {
            final long bytes = files.dataIsHash() ? Math.min(data.sizeBytes(), files.hashOffset()) : data.sizeBytes();
            return bytes / dataBlock;
        }
    }

    /// The first block of the tree: after the superblock, where there is one.
    private static long start(long hashOffset, boolean superblock, int hashBlock) {
        return superblock ? (hashOffset + VeritySuperblock.BYTES + hashBlock - 1) / hashBlock : hashOffset / hashBlock;
    }

    static VeritySettings ofSuperblock(Path hash, long hashOffset) throws CommandFailure, IOException {
        final byte[] bytes = new byte[VeritySuperblock.BYTES];
        try (VerityDisk disk = VerityDisk.toRead(hash)) {
            if (disk.sizeBytes() < hashOffset + bytes.length) {
                throw noSuperblock(hash, hashOffset);
            }
            disk.read(hashOffset, bytes, bytes.length);
        }
        final VeritySuperblock sb = VeritySuperblock.decode(bytes);
        if (sb == null) {
            throw noSuperblock(hash, hashOffset);
        }
        final int type = sb.hashType();
        if (!isBlockSize(sb.dataBlockBytes())
                || !isBlockSize(sb.hashBlockBytes())
                || type < 0
                || type > 1
                || sb.dataBlocks() <= 0
                || sb.dataBlocks() > Long.MAX_VALUE / sb.dataBlockBytes()) {
            throw new CommandFailure(ExitCode.FAILED, hash + ": the superblock is damaged");
        }
        final HashAlgorithm algorithm = algorithm(sb.algorithm());
        return new VeritySettings(
                type,
                Optional.of(sb.uuid()),
                algorithm,
                sb.salt(),
                sb.dataBlockBytes(),
                sb.hashBlockBytes(),
                sb.dataBlocks(),
                start(hashOffset, true, sb.hashBlockBytes()),
                2);
    }

    private static CommandFailure noSuperblock(Path hash, long offset) {
        return new CommandFailure(
                ExitCode.FAILED,
                hash + ": no verity superblock at byte " + offset,
                "--hash-offset tells where it is; --no-superblock that there is none",
                null);
    }

    private static boolean isBlockSize(long bytes) {
        return bytes >= 512 && bytes <= MAX_BLOCK && Long.bitCount(bytes) == 1;
    }

    private static int blockSize(Arguments args, String option) throws CommandFailure {
        final int bytes = args.number(option, 512, MAX_BLOCK, 4096);
        if (!isBlockSize(bytes)) {
            throw CommandFailure.usage(option + " must be a power of two, was " + bytes);
        }
        return bytes;
    }

    private static HashAlgorithm algorithm(String name) throws CommandFailure {
        final Optional<HashAlgorithm> found = HashAlgorithm.find(name);
        if (found.isEmpty()) {
            throw new CommandFailure(ExitCode.UNSUPPORTED, "hash function '" + name + "': the JDK does not have it");
        }
        return found.get();
    }

    private static Optional<byte[]> salt(Arguments args) throws CommandFailure {
        final Optional<String> text = args.value("--salt");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        final byte[] salt = text.get().equals("-") ? new byte[0] : Hex.parse(text.get());
        if (salt == null || salt.length > VeritySuperblock.MAX_SALT) {
            throw CommandFailure.usage("--salt must be - or at most " + VeritySuperblock.MAX_SALT
                    + " bytes as hexadecimal digits, was '" + text.get() + "'");
        }
        return Optional.of(salt);
    }

    private static UUID uuid(Arguments args) throws CommandFailure {
        final Optional<String> text = args.value("--uuid");
        if (text.isEmpty()) {
            return UUID.randomUUID();
        }
        try {
            final UUID uuid = UUID.fromString(text.get());
            if (uuid.toString().equalsIgnoreCase(text.get())) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--uuid is no uuid: '" + text.get() + "'", "", e);
        }
        throw CommandFailure.usage("--uuid is no uuid: '" + text.get() + "'");
    }

    /// The root hash of a command line.
    byte[] root(String text) throws CommandFailure {
        final byte[] root = Hex.parse(text);
        if (root == null || root.length != algorithm.digestBytes()) {
            throw CommandFailure.usage(
                    "ROOT must be " + algorithm.digestBytes() + " bytes as hexadecimal digits, was '" + text + "'");
        }
        return root;
    }

    HashTree tree() {
        return new HashTree(version, algorithm.digestBytes(), hashBlockBytes, dataBlocks, hashStart);
    }

    BlockHasher dataHasher() {
        return new BlockHasher(algorithm, version, salt, dataBlockBytes);
    }

    BlockHasher hashHasher() {
        return new BlockHasher(algorithm, version, salt, hashBlockBytes);
    }

    /// Refuses what there can be no parity of, before anything is written.
    void requireFec(VerityFiles files) throws CommandFailure, IOException {
        if (dataBlockBytes != hashBlockBytes) {
            throw CommandFailure.usage("--fec-device: data and hash blocks must be of one size");
        }
        if (files.fecOffset() % dataBlockBytes != 0) {
            throw CommandFailure.usage("--fec-offset must be a multiple of the block size " + dataBlockBytes);
        }
        if (files.fecIsHash()) {
            requireBehindTree(files, files.fecOffset());
        }
    }

    private void requireBehindTree(VerityFiles files, long endBytes) throws CommandFailure {
        if (endBytes / hashBlockBytes < tree().endBlock()) {
            throw CommandFailure.usage("--fec-offset " + files.fecOffset() + " is inside the tree");
        }
    }

    /// What the parity covers: the data, and the hash device from the tree to its end, or to the parity on it.
    FecLayout fec(VerityFiles files) throws CommandFailure, IOException {
        requireFec(files);
        long end = files.fecOffset();
        if (!files.fecIsHash()) {
            try (VerityDisk hash = VerityDisk.toRead(files.hash())) {
                end = hash.sizeBytes();
            }
            requireBehindTree(files, end);
        }
        final long covered = end / hashBlockBytes - hashStart;
        return new FecLayout(fecRoots, dataBlockBytes, dataBlocks + covered, dataBlocks);
    }

    /// The table line of the device.
    String table(VerityFiles files, byte[] root) throws CommandFailure, IOException {
        final StringBuilder line = new StringBuilder("0 ")
                .append(dataBlocks * (dataBlockBytes >> 9))
                .append(" verity ")
                .append(version);
        word(line, escaped(files.data()));
        word(line, escaped(files.hash()));
        word(line, dataBlockBytes);
        word(line, hashBlockBytes);
        word(line, dataBlocks);
        word(line, hashStart);
        word(line, algorithm.kernelName());
        word(line, Hex.format(root));
        word(line, salt.length == 0 ? "-" : Hex.format(salt));
        if (files.fec().isPresent()) {
            final FecLayout fec = fec(files);
            word(line, "8 use_fec_from_device");
            word(line, escaped(files.fec().get()));
            word(line, "fec_blocks");
            word(line, fec.blocks());
            word(line, "fec_start");
            word(line, files.fecOffset() / dataBlockBytes);
            word(line, "fec_roots");
            word(line, fec.roots());
        }
        return line.toString();
    }

    private static void word(StringBuilder line, Object word) {
        line.append(' ').append(word);
    }

    private static String escaped(Path path) {
        return path.toAbsolutePath().toString().replaceAll("([\\\\\\s])", "\\\\$1");
    }

    /// As veritysetup prints it.
    void print(PrintStream out, Path hash) {
        out.println("VERITY header information for " + hash);
        out.println("UUID:            \t" + uuid.map(UUID::toString).orElse(""));
        out.println("Hash type:       \t" + version);
        out.println("Data blocks:     \t" + dataBlocks);
        out.println("Data block size: \t" + dataBlockBytes);
        out.println("Hash block size: \t" + hashBlockBytes);
        out.println("Hash algorithm:  \t" + algorithm.kernelName());
        out.println("Salt:            \t" + (salt.length == 0 ? "-" : Hex.format(salt)));
    }
}
