package io.dmctl.targets.spi;

/// A target type's version, as `dmctl targets` prints it.
public record TargetVersion(int major, int minor, int patch) {
    @Override
    public String toString() {
        return "v" + major + "." + minor + "." + patch;
    }
}
