package io.dmctl.targets.testkit;

import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import java.util.Objects;

/// Our own target types, found as everybody finds them: their packages are not exported.
final class OurTargets {
    private OurTargets() {}

    static TargetType named(String name) {
        return Objects.requireNonNull(TargetRegistry.load().find(name), name);
    }
}
