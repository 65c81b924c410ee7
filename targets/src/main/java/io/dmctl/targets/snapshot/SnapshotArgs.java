package io.dmctl.targets.snapshot;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.Locale;

/// The arguments of `snapshot` and `snapshot-merge`, with their devices opened.
///
/// `chunkSectors` is 0 where none is given.
record SnapshotArgs(
        LowerDevice origin,
        LowerDevice cow,
        boolean persistent,
        boolean supportsOverflow,
        int chunkSectors,
        boolean discardZeroesCow,
        boolean discardPassdownOrigin) {
    private static final int WORDS = 4;
    private static final String STORE_TEXT = "Couldn't create exception store";

    private record Features(boolean zeroesCow, boolean passdownOrigin) {}

    /// Reads and opens in the kernel's order, which decides what is told first: features, devices, store.
    ///
    /// @kernel drivers/md/dm-snap.c `snapshot_ctr`
    static SnapshotArgs read(TargetContext ti, TargetArgs args) throws TargetException {
        final String text = "requires 4 or more arguments";
        if (args.count() < WORDS) {
            throw new TargetException(text, TargetException.EINVAL, args.count());
        }
        final DeviceArg originArg = args.device(text);
        final DeviceArg cowArg = args.device(text);
        final String type = args.shift(text);
        final int chunkAt = WORDS - 1;
        final String chunk = args.shift(text);
        final Features features = features(args);
        final LowerDevice origin = open(ti, originArg, "Cannot get origin device");
        final LowerDevice cow = open(ti, cowArg, "Cannot get COW device");
        if (origin == cow) {
            throw new TargetException(
                    "COW device cannot be the same as origin device", TargetException.EINVAL, cowArg.index());
        }
        final String upper = type.toUpperCase(Locale.ROOT);
        final boolean persistent = upper.startsWith("P");
        if (!persistent && !upper.startsWith("N")) {
            throw store("Exception store type is not P or N", WORDS - 2);
        }
        final int sectors = chunkSectors(chunk, chunkAt, origin, cow);
        final boolean overflow = persistent && upper.startsWith("PO");
        if (persistent && upper.length() > 1 && !overflow) {
            throw store("Unsupported persistent store option: " + type.substring(1), WORDS - 2);
        }
        return new SnapshotArgs(
                origin, cow, persistent, overflow, sectors, features.zeroesCow, features.passdownOrigin);
    }

    private static Features features(TargetArgs args) throws TargetException {
        boolean zeroes = false;
        boolean passdown = false;
        if (args.remaining() > 0) {
            final int count = args.argGroup(0, 2, "Invalid number of feature arguments");
            for (int i = 0; i < count; i++) {
                final int at = args.count() - args.remaining();
                final String word = args.shift("Invalid number of feature arguments");
                if (word.equalsIgnoreCase("discard_zeroes_cow")) {
                    zeroes = true;
                } else if (word.equalsIgnoreCase("discard_passdown_origin")) {
                    passdown = true;
                } else {
                    throw new TargetException("Unrecognised feature requested", TargetException.EINVAL, at);
                }
            }
        }
        if (passdown && !zeroes) {
            throw TargetException.invalid("discard_passdown_origin feature depends on discard_zeroes_cow");
        }
        return new Features(zeroes, passdown);
    }

    private static LowerDevice open(TargetContext ti, DeviceArg arg, String text) throws TargetException {
        try {
            return ti.getDevice(arg);
        } catch (TargetException e) {
            throw new TargetException(text + ": " + e.getMessage(), e.errno(), arg.index());
        }
    }

    private static int chunkSectors(String word, int at, LowerDevice origin, LowerDevice cow) throws TargetException {
        final long sectors;
        try (TargetArgs one = TargetArgs.split(word.isEmpty() ? "-" : word)) {
            sectors = one.uint("Invalid chunk size");
        } catch (TargetException e) {
            throw store(e.getMessage(), at);
        }
        if (sectors == 0) {
            return 0;
        }
        final String bad = chunkRule(origin, cow).refuses(sectors);
        if (!bad.isEmpty()) {
            throw store(bad, at);
        }
        return (int) sectors;
    }

    private static ChunkSize chunkRule(LowerDevice origin, LowerDevice cow) {
        return new ChunkSize(cow.limits().logicalBlockSize(), origin.limits().logicalBlockSize());
    }

    ChunkSize chunkRule() {
        return chunkRule(origin, cow);
    }

    /// The kernel tells the same of everything that is wrong with a store; here the reason follows.
    private static TargetException store(String reason, int at) {
        return new TargetException(STORE_TEXT + ": " + reason, TargetException.EINVAL, at);
    }

    /// As TABLE has them; `sectors` is the chunk size in use.
    void status(StatusSink out, int sectors) {
        out.text(origin.name()).text(" ").text(cow.name());
        out.text(persistent ? (supportsOverflow ? " PO " : " P ") : " N ").number(sectors);
        if (discardZeroesCow) {
            out.text(discardPassdownOrigin ? " 2" : " 1").text(" discard_zeroes_cow");
            if (discardPassdownOrigin) {
                out.text(" discard_passdown_origin");
            }
        }
    }
}
