package io.dmctl.jmh;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TableSpec;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What the tables of the benchmarks are built with: every device word is the same lower device, which its
/// maker closes.
record BenchDevices(BlockDevice lower) implements TableBuilder.Services {
    /// A running device with a table of one line.
    MappedDevice running(IoGroup group, long sectors, String type, String params) throws TableException {
        return running(group, sectors, type, params, false);
    }

    MappedDevice running(IoGroup group, long sectors, String type, String params, boolean readOnly)
            throws TableException {
        final MappedDevice device = group.create(type);
        final TableSpec line = new TableSpec(0, sectors, type, params.getBytes(StandardCharsets.US_ASCII));
        device.load(new TableBuilder(TargetRegistry.load(), group, this).build(device, List.of(line), readOnly));
        device.resume(false);
        return device;
    }

    @Override
    public BlockDevice open(DeviceArg arg, boolean readOnly) {
        return lower;
    }

    @Override
    public void close(BlockDevice device) {}

    @Override
    public BlockingIo blockingIo() {
        throw new UnsupportedOperationException("the measured targets do no blocking I/O");
    }

    @Override
    public <S> S service(Class<S> type) throws TargetException {
        throw TargetException.invalid("no services in a benchmark");
    }
}
