package io.dmctl.backend.server;

import io.dmctl.backend.crypto.CryptoServices;
import io.dmctl.backend.lower.Claims;
import io.dmctl.backend.lower.RingDevice;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What the targets of one load get from the server: the devices whose descriptors came with the request, those of the
/// group, and the
/// services for keys.
final class ServerTargets implements TableBuilder.Services {
    private final Claims claims;
    private final Function<String, Optional<BlockDevice>> ofGroup;
    private final List<DeviceDescriptor> passed;
    private final Map<String, Integer> notOpened;
    private final KeptMemory memory;
    private final Map<String, String> names = new HashMap<>();

    /// `notOpened` has, for words that the client could not open, the errno. `memory` is owned by the table.
    ServerTargets(
            Claims claims,
            Function<String, Optional<BlockDevice>> ofGroup,
            List<DeviceDescriptor> passed,
            Map<String, Integer> notOpened,
            KeptMemory memory) {
        this.claims = claims;
        this.ofGroup = ofGroup;
        this.passed = passed;
        this.notOpened = notOpened;
        this.memory = memory;
    }

    /// What TABLE prints for each device word that was opened.
    Map<String, String> names() {
        return names;
    }

    @Override
    public BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
        final BlockDevice device = find(arg, readOnly);
        names.put(arg.word(), device.name());
        return device;
    }

    private BlockDevice find(DeviceArg arg, boolean readOnly) throws TargetException {
        final Optional<BlockDevice> ours = ofGroup.apply(arg.word());
        if (ours.isPresent()) {
            return ours.get();
        }
        final int errno = notOpened.getOrDefault(arg.word(), Errno.ENODEV);
        try {
            for (DeviceDescriptor device : passed) {
                if (device.word().equals(arg.word())) {
                    return claims.open(device.fd(), readOnly);
                }
            }
        } catch (ErrnoException e) {
            throw new TargetException(arg.word() + ": " + Errno.describe(e.errno()), e.errno(), arg.index());
        }
        throw new TargetException(arg.word() + ": " + Errno.describe(errno), errno, arg.index());
    }

    @Override
    public void close(BlockDevice device) {
        if (device instanceof RingDevice ring) {
            claims.close(ring);
        }
    }

    @Override
    public BlockingIo blockingIo() {
        return new RingBlockingIo();
    }

    @Override
    public MemorySegment survivingState(String name, long bytes) throws TargetException {
        return memory.get(name, bytes);
    }

    @Override
    public void closed() {
        memory.close();
    }

    @Override
    public <S> S service(Class<S> type) throws TargetException {
        final Optional<S> crypto = CryptoServices.find(type);
        if (crypto.isPresent()) {
            return crypto.get();
        }
        throw new TargetException("this server offers no " + type.getSimpleName(), Errno.EOPNOTSUPP, -1);
    }
}
