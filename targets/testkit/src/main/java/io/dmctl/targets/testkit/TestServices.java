package io.dmctl.targets.testkit;

import io.dmctl.targets.core.BlockDevice;
import io.dmctl.targets.core.TableBuilder;
import io.dmctl.targets.spi.BlockingIo;
import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds devices by name and counts who has them open.
final class TestServices implements TableBuilder.Services {
    private static final int ENOENT = 2;
    private static final int EIO = 5;

    private final Map<String, BlockDevice> devices = new HashMap<>();
    private final Map<BlockDevice, Integer> opens = new HashMap<>();
    private final Map<String, MemorySegment> surviving = new HashMap<>();
    private boolean recovering;
    private final Map<Class<?>, Object> services = new HashMap<>();
    private final List<String> openedWords = new ArrayList<>();

    void add(String word, BlockDevice device) {
        devices.put(word, device);
    }

    void remove(BlockDevice device) {
        devices.values().remove(device);
    }

    <S> void offer(Class<S> type, S service) {
        services.put(type, service);
    }

    int opens(BlockDevice device) {
        return opens.getOrDefault(device, 0);
    }

    int allOpens() {
        return opens.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The words that were looked up since the last call.
    List<String> takeOpenedWords() {
        final List<String> words = List.copyOf(openedWords);
        openedWords.clear();
        return words;
    }

    @Override
    public BlockDevice open(DeviceArg arg, boolean readOnly) throws TargetException {
        openedWords.add(arg.word());
        final @Nullable BlockDevice device = devices.get(arg.word());
        if (device == null) {
            throw new TargetException(arg.word() + ": No such file or directory (ENOENT)", ENOENT, arg.index());
        }
        opens.merge(device, 1, Integer::sum);
        return device;
    }

    @Override
    public void close(BlockDevice device) {
        if (opens.merge(device, -1, Integer::sum) < 0) {
            throw new AssertionError(device.name() + " closed more often than opened");
        }
    }

    /// From now on tables are as after the death of a server: what their targets kept is there again.
    void recovering(boolean on) {
        recovering = on;
    }

    @Override
    public MemorySegment survivingState(String name, long bytes) {
        final MemorySegment left = recovering ? surviving.get(name) : null;
        if (left != null && left.byteSize() != bytes) {
            throw new AssertionError(name + ": " + bytes + " bytes, kept were " + left.byteSize());
        }
        final long[] words = new long[Math.toIntExact((bytes + Long.BYTES - 1) / Long.BYTES)];
        final MemorySegment memory =
                left != null ? left : MemorySegment.ofArray(words).asSlice(0, bytes);
        surviving.put(name, memory);
        return memory;
    }

    @Override
    public <S> S service(Class<S> type) throws TargetException {
        final Object service = services.get(type);
        if (service == null) {
            throw TargetException.invalid("no service " + type.getSimpleName());
        }
        return type.cast(service);
    }

    @Override
    public BlockingIo blockingIo() {
        return new RamIo();
    }

    /// Blocking I/O past the scheduler, for constructors.
    private static final class RamIo implements BlockingIo {
        @Override
        public void read(LowerDevice dev, long sector, MemorySegment to) throws TargetException {
            ram(dev).readNow(sector, to);
        }

        @Override
        public void write(LowerDevice dev, long sector, MemorySegment from) throws TargetException {
            ram(dev).writeNow(sector, from);
        }

        @Override
        public void flush(LowerDevice dev) throws TargetException {
            ram(dev).flushNow();
        }

        private static RamDevice ram(LowerDevice dev) throws TargetException {
            if (dev instanceof RamDevice ram) {
                return ram;
            }
            throw new TargetException("blocking I/O on " + dev.name() + " is not offered here", EIO, -1);
        }
    }
}
