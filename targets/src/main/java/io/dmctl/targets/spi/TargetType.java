package io.dmctl.targets.spi;

import java.util.List;
import java.util.Set;

/// A kind of target, found by [java.util.ServiceLoader]. Stateless.
///
/// @kernel include/linux/device-mapper.h `struct target_type`
public interface TargetType {
    /// As in a table line, shorter than 16 bytes.
    String name();

    TargetVersion version();

    default Set<TargetFeature> features() {
        return Set.of();
    }

    /// Which words name devices. Pure: opens nothing, throws nothing; of a bad line it names what it can.
    List<DeviceArg> deviceArgs(TargetArgs args);

    /// Which words are keys, by their index: they are never written down. Pure, as [#deviceArgs].
    default List<Integer> secretArgs(TargetArgs args) {
        return List.of();
    }

    /// Of [#deviceArgs], those whose state this target shares with other targets that name the same device so, in
    /// tables of other mapped devices: they must be served by one process. Pure, as that is.
    default List<DeviceArg> sharedDevices(TargetArgs args) {
        return List.of();
    }

    /// Can a target of this line go on after the death of the process that served it? Pure.
    default boolean recovers(TargetArgs args) {
        return !features().contains(TargetFeature.RECOVER_NONE);
    }

    /// Makes a target of a table line. What `ti` opened is closed by the core when this throws.
    ///
    /// @throws TargetException with the kernel's text for what is wrong
    Target ctr(TargetContext ti, TargetArgs args) throws TargetException;
}
