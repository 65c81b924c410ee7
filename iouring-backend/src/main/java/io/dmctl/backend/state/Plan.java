package io.dmctl.backend.state;

import java.util.List;

/// What has to be done, in order, so that the devices are as described; nothing when they are.
public record Plan(List<Action> actions) {
    public Plan {
        actions = List.copyOf(actions);
    }

    /// Compares `wanted` with what is there.
    ///
    /// A device is found by its name; one of another name that has the uuid is renamed. A device's engine, and
    /// how the Java engine shows it, cannot change. Whether a device is suspended is not part of a description.
    /// A key that is not in the description stays as it is.
    ///
    /// @param prune devices that are not described are removed
    /// @throws StateException when that cannot be: devices that use each other, another engine, another uuid, a
    /// suspended device, a key that nobody knows
    public static Plan of(List<DeviceSpec> wanted, LiveState live, boolean prune) throws StateException {
        return new Planner(wanted, live, prune).plan();
    }

    /// The part of the plan that makes devices: it touches none that is there.
    public Plan onlyCreate() {
        return new Plan(actions.stream().filter(a -> a instanceof Action.Create).toList());
    }
}
