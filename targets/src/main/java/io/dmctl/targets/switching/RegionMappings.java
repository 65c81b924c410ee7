package io.dmctl.targets.switching;

import io.dmctl.targets.spi.TargetException;

/// The items of a `set_region_mappings` message, all numbers in hex: `REGION:PATH`, `:PATH` for the region after the
/// one before, and `RCYCLE,COUNT`, which repeats the last CYCLE mappings over the next COUNT regions.
///
/// Each item is applied before the next one is read, so that those in front of a bad one stay applied, as in the
/// kernel.
///
/// @kernel drivers/md/dm-switch.c `process_set_region_mappings`
final class RegionMappings {
    private final RegionTable table;
    /// The region of the item before; the first `:PATH` is region 1, as in the kernel.
    private long region;

    private String item = "";
    private int index;
    private int at;

    RegionMappings(RegionTable table) {
        this.table = table;
    }

    /// Applies item `argument` of the message.
    ///
    /// @throws TargetException with the kernel's text for what is wrong
    void apply(String newItem, int argument) throws TargetException {
        item = newItem;
        index = argument;
        at = 0;
        if (peek() == 'R' || peek() == 'r') {
            repeat();
        } else {
            set();
        }
    }

    private void repeat() throws TargetException {
        at++;
        require(peek() != ',');
        final long cycle = hex();
        require(peek() == ',');
        at++;
        require(peek() != 0);
        final long count = hex();
        require(peek() == 0);
        if (cycle == 0 || Long.compareUnsigned(cycle - 1, region) > 0) {
            throw refuse("cycle length: " + unsigned(cycle - 1) + " > " + unsigned(region));
        }
        final boolean overflow = Long.compareUnsigned(region + count, region) < 0;
        if (overflow || Long.compareUnsigned(region + count, table.regions()) >= 0) {
            throw refuse("region number: " + unsigned(region) + " + " + unsigned(count) + " >= " + table.regions());
        }
        for (long left = count; left > 0; left--) {
            region++;
            table.write(region, table.read(region - cycle));
        }
    }

    private void set() throws TargetException {
        if (peek() == ':') {
            region++;
        } else {
            region = hex();
            require(peek() == ':');
        }
        at++;
        require(peek() != 0);
        final long path = hex();
        require(peek() == 0);
        if (Long.compareUnsigned(region, table.regions()) >= 0) {
            throw refuse("region number: " + unsigned(region) + " >= " + table.regions());
        }
        if (Long.compareUnsigned(path, table.paths()) >= 0) {
            throw refuse("device: " + unsigned(path) + " >= " + table.paths());
        }
        table.write(region, (int) path);
    }

    /// The next character, 0 at the end.
    private char peek() {
        return at < item.length() ? item.charAt(at) : 0;
    }

    /// As many hex digits as there are, also none; 64 bits are kept.
    private long hex() {
        long value = 0;
        for (int digit; peek() < 128 && (digit = Character.digit(peek(), 16)) >= 0; at++) {
            value = value << 4 | digit;
        }
        return value;
    }

    private void require(boolean ok) throws TargetException {
        if (!ok) {
            throw refuse("argument: '" + item + "'");
        }
    }

    private TargetException refuse(String what) {
        return new TargetException("invalid set_region_mappings " + what, TargetException.EINVAL, index);
    }

    private static String unsigned(long n) {
        return Long.toUnsignedString(n);
    }
}
