package io.dmctl.targets.verity;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import io.dmctl.targets.verity.tree.FecLayout;
import io.dmctl.targets.verity.tree.HashAlgorithm;
import io.dmctl.targets.verity.tree.HashTree;
import io.dmctl.targets.verity.tree.Hex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A read-only device whose blocks are checked against a tree of digests. @kernel drivers/md/dm-verity-target.c
public final class VerityTargetType implements TargetType {
    private static final int ENOENT = 2;
    private static final int E2BIG = 7;
    private static final int ENOMEM = 12;
    /// The kernel's page: a data block lies in one.
    private static final int MAX_DATA_BLOCK = 4096;
    /// Each I/O thread keeps several hash blocks.
    private static final int MAX_HASH_BLOCK = 1 << 20;

    @Override
    public String name() {
        return "verity";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 13, 0);
    }

    @Override
    public Set<TargetFeature> features() {
        return Set.of(TargetFeature.SINGLETON, TargetFeature.IMMUTABLE);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final List<DeviceArg> devices = new ArrayList<>();
        for (int i = 1; i <= 2 && i < args.count(); i++) {
            devices.add(new DeviceArg(i, args.word(i)));
        }
        // A word past the options that are told is no option; a bad number of them is the constructor's to refuse.
        for (int i = VerityOptions.FIRST_ARGUMENT + 1; i + 1 < VerityOptions.end(args); i++) {
            if (args.word(i).equalsIgnoreCase(VerityOptions.FEC_DEVICE)) {
                devices.add(new DeviceArg(i + 1, args.word(i + 1)));
                break;
            }
        }
        return devices;
    }

    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        if (!ti.readOnly()) {
            throw TargetException.invalid("Device must be readonly");
        }
        if (args.count() < VerityOptions.FIRST_ARGUMENT) {
            throw new TargetException("Not enough arguments", EINVAL, args.count());
        }
        VerityOptions.checkCount(args);
        final int version = (int) args.arg(0, 1, "Invalid version");
        final LowerDevice dataDev = VerityOptions.open(ti, args.device("no device"), "Data device lookup failed");
        final LowerDevice hashDev = VerityOptions.open(ti, args.device("no device"), "Hash device lookup failed");
        final int dataBlockBytes = blockSize(args, dataDev, MAX_DATA_BLOCK, "Invalid data device block size");
        final int hashBlockBytes = blockSize(args, hashDev, Integer.MAX_VALUE, "Invalid hash device block size");
        final long dataBlocks = VerityOptions.blocks(args, "Invalid data blocks", dataBlockBytes);
        final int dataShift = Integer.numberOfTrailingZeros(dataBlockBytes) - 9;
        if (Long.compareUnsigned(ti.lenSectors(), dataBlocks << dataShift) > 0) {
            throw new TargetException("Data device is too small", EINVAL, 5);
        }
        final long hashStart = VerityOptions.blocks(args, "Invalid hash start", hashBlockBytes);
        final HashAlgorithm algorithm = algorithm(args.shift("no algorithm"), hashBlockBytes);
        final byte[] root = Hex.parse(args.shift("no digest"));
        if (root == null || root.length != algorithm.digestBytes()) {
            throw new TargetException("Invalid root digest", EINVAL, 8);
        }
        final String saltText = args.shift("no salt");
        final byte[] salt = saltText.equals("-") ? new byte[0] : Hex.parse(saltText);
        if (salt == null) {
            throw new TargetException("Invalid salt", EINVAL, 9);
        }
        final VerityOptions options = VerityOptions.parse(ti, args, dataBlockBytes, dataBlocks);
        final HashTree tree = new HashTree(version, algorithm.digestBytes(), hashBlockBytes, dataBlocks, hashStart);
        checkTree(tree, hashDev);
        return new VerityTarget(
                ti,
                new VerityParams(
                        version,
                        dataDev,
                        hashDev,
                        dataBlockBytes,
                        tree,
                        algorithm,
                        root,
                        salt,
                        options,
                        fec(tree, dataDev, hashDev, dataBlockBytes, options)));
    }

    private static int blockSize(TargetArgs args, LowerDevice dev, int max, String error) throws TargetException {
        final int at = args.count() - args.remaining();
        final long bytes = args.arg(0, max, error);
        if (Long.bitCount(bytes) != 1 || bytes < dev.limits().logicalBlockSize()) {
            throw new TargetException(error, EINVAL, at);
        }
        return (int) bytes;
    }

    private static HashAlgorithm algorithm(String name, int hashBlockBytes) throws TargetException {
        final Optional<HashAlgorithm> found = HashAlgorithm.find(name);
        if (found.isEmpty()) {
            throw new TargetException("Cannot initialize hash function", ENOENT, 7);
        }
        if (hashBlockBytes < found.get().digestBytes() * 2) {
            throw new TargetException("Digest size too big", EINVAL, 7);
        }
        return found.get();
    }

    private static void checkTree(HashTree tree, LowerDevice hashDev) throws TargetException {
        if (tree.endBlock() == -1L) {
            throw new TargetException("Hash device offset overflow", E2BIG, 6);
        }
        if (tree.hashBlockBytes() > MAX_HASH_BLOCK) {
            throw new TargetException(
                    "Cannot initialize dm-bufio: hash blocks of more than " + MAX_HASH_BLOCK + " bytes", ENOMEM, 4);
        }
        if (Long.compareUnsigned(blocksOf(hashDev, 0, tree.hashBlockBytes()), tree.endBlock()) < 0) {
            throw new TargetException("Hash device is too small", E2BIG, 2);
        }
    }

    /// How many whole blocks `dev` has from `startSector` on.
    private static long blocksOf(LowerDevice dev, long startSector, int blockBytes) {
        final long size = dev.sizeSectors();
        return Long.compareUnsigned(size, startSector) <= 0 ? 0 : (size - startSector) / (blockBytes >> 9);
    }

    /// @kernel drivers/md/dm-verity-fec.c `verity_fec_ctr`
    private static @Nullable FecParams fec(
            HashTree tree, LowerDevice dataDev, LowerDevice hashDev, int blockBytes, VerityOptions options)
            throws TargetException {
        final LowerDevice fecDev = options.fecDev();
        if (fecDev == null) {
            return null;
        }
        if (blockBytes != tree.hashBlockBytes()) {
            throw new TargetException("Block sizes must match to use FEC", EINVAL, 4);
        }
        if (options.fecRoots() == 0) {
            throw TargetException.invalid("Missing fec_roots");
        }
        if (options.fecBlocks() == 0) {
            throw TargetException.invalid("Missing fec_blocks");
        }
        final long hashBlocks = tree.endBlock() - tree.startBlock();
        if (Long.compareUnsigned(options.fecBlocks(), tree.dataBlocks() + hashBlocks) < 0) {
            throw TargetException.invalid("Invalid fec_blocks");
        }
        final FecLayout layout = new FecLayout(options.fecRoots(), blockBytes, options.fecBlocks(), tree.dataBlocks());
        if (Long.compareUnsigned(blocksOf(hashDev, 0, blockBytes), tree.startBlock() + layout.hashDeviceBlocks()) < 0) {
            throw new TargetException("Hash device is too small for fec_blocks", E2BIG, 2);
        }
        if (Long.compareUnsigned(
                        blocksOf(fecDev, options.fecStart() * (blockBytes >> 9), blockBytes), layout.parityBlocks())
                < 0) {
            throw new TargetException("FEC device is too small", E2BIG, -1);
        }
        if (Long.compareUnsigned(blocksOf(dataDev, 0, blockBytes), tree.dataBlocks()) < 0) {
            throw new TargetException("Data device is too small", E2BIG, 1);
        }
        return new FecParams(fecDev, options.fecStart(), layout);
    }
}
