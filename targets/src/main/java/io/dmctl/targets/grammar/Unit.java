package io.dmctl.targets.grammar;

/// What a number counts.
public enum Unit {
    NONE("", ""),
    /// Of 512 bytes, always.
    SECTORS("sectors", "sectors"),
    BYTES("bytes", "bytes"),
    /// Of the target: its block size says how large.
    BLOCKS("blocks", "blocks"),
    /// Of 4096 bytes.
    BLOCKS_4K("4k_blocks", "blocks of 4096 bytes"),
    REGIONS("regions", "regions"),
    MILLISECONDS("ms", "ms"),
    SECONDS("s", "s"),
    PERCENT("percent", "percent"),
    KIB_PER_SECOND("kib_per_s", "KiB/s");

    private final String suffix;
    private final String label;

    Unit(String suffix, String label) {
        this.suffix = suffix;
        this.label = label;
    }

    /// What the name of a field of this unit ends in, behind `_`; empty for none.
    public String suffix() {
        return suffix;
    }

    /// What stands behind a number of this unit.
    public String label() {
        return label;
    }
}
