package io.dmctl.targets.dust;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.Locale;

/// The messages of dust, with the kernel's texts: those that it returns, and for refusals those that it logs.
///
/// @kernel drivers/md/dm-dust.c `dust_message`
final class DustMessages {
    private static final int MAX_WRITE_FAILS = 255;
    private static final long UINT_MAX = 0xffff_ffffL;

    private final BadBlocks blocks;
    private final LowerDevice dev;
    private final int blockShift;

    DustMessages(BadBlocks blocks, LowerDevice dev, int blockShift) {
        this.blocks = blocks;
        this.dev = dev;
        this.blockShift = blockShift;
    }

    String handle(TargetArgs args) throws TargetException {
        final String name = args.shift("empty message");
        return switch (args.remaining()) {
            case 0 -> plain(name);
            case 1 -> aboutBlock(name, args);
            case 2 -> addFailing(name, args);
            default -> throw new TargetException("invalid number of arguments '" + args.count() + "'", EINVAL, 3);
        };
    }

    private String plain(String name) throws TargetException {
        switch (name.toLowerCase(Locale.ROOT)) {
            case "addbadblock", "removebadblock", "queryblock" ->
                throw new TargetException(name + " requires an additional argument", EINVAL, 1);
            case "enable" -> blocks.failReads(true);
            case "disable" -> blocks.failReads(false);
            case "quiet" -> blocks.quiet(!blocks.quiet());
            case "countbadblocks" -> {
                return "countbadblocks: " + blocks.numbers().length + " badblock(s) found";
            }
            case "clearbadblocks" -> {
                return "dust_clear_badblocks: " + (blocks.clear() ? "badblocks cleared" : "no badblocks found");
            }
            case "listbadblocks" -> {
                return list();
            }
            default -> throw unrecognized(name);
        }
        return "";
    }

    private String list() {
        final StringBuilder lines = new StringBuilder();
        for (long number : blocks.numbers()) {
            lines.append(number).append('\n');
        }
        return lines.isEmpty() ? "No blocks in badblocklist" : lines.toString();
    }

    private String aboutBlock(String name, TargetArgs args) throws TargetException {
        final long number = args.sectors("invalid block number");
        checkRange(number);
        switch (name.toLowerCase(Locale.ROOT)) {
            case "addbadblock" -> add(number, 0);
            case "removebadblock" -> {
                if (!blocks.remove(number)) {
                    throw notThat("dust_remove_block: block " + number + " not found in badblocklist");
                }
            }
            case "queryblock" -> {
                final String found = blocks.contains(number) ? " found" : " not found";
                return "dust_query_block: block " + number + found + " in badblocklist";
            }
            default -> throw unrecognized(name);
        }
        return "";
    }

    private String addFailing(String name, TargetArgs args) throws TargetException {
        final long number = args.sectors("invalid block number");
        final long writeFails = args.arg(0, UINT_MAX, "invalid write fail count");
        if (writeFails > MAX_WRITE_FAILS) {
            throw new TargetException("selected write fail count out of range", EINVAL, 2);
        }
        checkRange(number);
        if (!name.equalsIgnoreCase("addbadblock")) {
            throw unrecognized(name);
        }
        add(number, (int) writeFails);
        return "";
    }

    private void add(long number, int writeFails) throws TargetException {
        if (!blocks.add(number, writeFails)) {
            throw notThat("dust_add_block: block " + number + " already in badblocklist");
        }
    }

    /// Counted over the whole device, and the block past its end is let through, as in the kernel.
    private void checkRange(long number) throws TargetException {
        if (Long.compareUnsigned(number, dev.sizeSectors() >>> blockShift) > 0) {
            throw notThat("selected block value out of range");
        }
    }

    private static TargetException notThat(String text) {
        return new TargetException(text, EINVAL, 1);
    }

    private static TargetException unrecognized(String name) {
        return new TargetException("unrecognized message '" + name + "' received", EINVAL, 0);
    }
}
