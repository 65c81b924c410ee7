package io.dmctl.targets.support;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;

/// Opens devices for constructors.
public final class Lookup {
    private Lookup() {}

    /// Opens `arg`; a failure has the constructor's own text `error` in front of the reason, and the errno of the
    /// lookup.
    public static LowerDevice device(TargetContext ti, DeviceArg arg, String error) throws TargetException {
        try {
            return ti.getDevice(arg);
        } catch (TargetException e) {
            throw new TargetException(error + ": " + e.getMessage(), e.errno(), arg.index());
        }
    }

    /// As [#device], for constructors that answer EINVAL whatever the lookup said.
    public static LowerDevice deviceOrInvalid(TargetContext ti, DeviceArg arg, String error) throws TargetException {
        try {
            return ti.getDevice(arg);
        } catch (TargetException e) {
            throw new TargetException(error + ": " + e.getMessage(), TargetException.EINVAL, arg.index());
        }
    }
}
