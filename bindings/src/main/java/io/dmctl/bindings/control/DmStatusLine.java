package io.dmctl.bindings.control;

/// What one target says: its status or its table parameters. Sectors are 512 bytes, unsigned.
public record DmStatusLine(long startSector, long lenSectors, String type, String text) {
    /// `START LENGTH TYPE TEXT`, as dmsetup prints it: with a blank after the type also when there is no text.
    @Override
    public String toString() {
        return Long.toUnsignedString(startSector) + " " + Long.toUnsignedString(lenSectors) + " " + type + " " + text;
    }
}
