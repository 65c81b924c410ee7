package io.dmctl.lab.parity;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs batches on one side's devices, the operations of a batch at the same time.
final class OpRunner implements AutoCloseable {
    private final Map<String, BlockIo> open = new LinkedHashMap<>();
    private final ExecutorService threads;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] buffers;
    private final long[] results;
    private final List<Future<?>> running = new ArrayList<>();

    OpRunner(Side side, List<String> devices, OpMix mix) throws IOException {
        for (String device : devices) {
            open.put(device, BlockIo.open(side.path(device)));
        }
        threads = Executors.newFixedThreadPool(
                mix.parallel(), Thread.ofPlatform().daemon().factory());
        buffers = new MemorySegment[mix.parallel()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = arena.allocate((long) mix.maxSectors() << BlockIo.SECTOR_SHIFT, 4096);
        }
        results = new long[mix.parallel()];
    }

    BlockIo device(String name) {
        final BlockIo io = open.get(name);
        if (io == null) {
            throw new IllegalArgumentException("not open: " + name);
        }
        return io;
    }

    /// Begins the operations of a batch, all together.
    void start(List<Op> batch) {
        for (int i = 0; i < batch.size(); i++) {
            final int slot = i;
            final Op op = batch.get(i);
            running.add(threads.submit(() -> {
                results[slot] = op.run(device(op.device()), buffers[slot]);
            }));
        }
    }

    /// Waits for the end of what was started.
    void await() throws InterruptedException {
        try {
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            running.clear();
        }
    }

    /// Whether all that was started has ended.
    boolean isDone() {
        return running.stream().allMatch(Future::isDone);
    }

    /// Of operation `i` of the last batch: bytes, or `-errno`.
    long result(int i) {
        return results[i];
    }

    /// What operation `i` of the last batch has read.
    MemorySegment data(int i) {
        return buffers[i].asSlice(0, Math.max(0, results[i]));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        open.values().forEach(BlockIo::close);
        arena.close();
    }
}
