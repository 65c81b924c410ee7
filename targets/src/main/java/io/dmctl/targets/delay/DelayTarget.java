package io.dmctl.targets.delay;

import io.dmctl.targets.spi.Bio;
import io.dmctl.targets.spi.DeviceVisitor;
import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.MapResult;
import io.dmctl.targets.spi.QueueContext;
import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetLimits;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// A delayed bio waits for a timer of its own on the thread it came from.
///
/// @kernel drivers/md/dm-delay.c
final class DelayTarget implements Target {
    private static final TargetLimits LIMITS = new TargetLimits(0, 1, 1, 0, false, false, false);
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int FLUSH = 2;
    private static final int CLASSES = 3;

    private final long beginSector;
    private final long lenSectors;
    /// What the table line said: 1, 2 or 3.
    private final List<DelayClass> given;

    private final LowerDevice[] devs = new LowerDevice[CLASSES];
    private final long[] startSectors = new long[CLASSES];
    private final long[] delaysNs = new long[CLASSES];
    private final AtomicIntegerArray waiting = new AtomicIntegerArray(CLASSES);
    private volatile boolean mayDelay = true;

    DelayTarget(TargetContext ti, List<DelayClass> given) {
        this.beginSector = ti.beginSector();
        this.lenSectors = ti.lenSectors();
        this.given = List.copyOf(given);
        for (int i = 0; i < CLASSES; i++) {
            final DelayClass c = given.get(Math.min(i, given.size() - 1));
            devs[i] = c.dev();
            startSectors[i] = c.startSector();
            delaysNs[i] = c.delayNs();
        }
    }

    @Override
    public TargetLimits limits() {
        return LIMITS;
    }

    @Override
    public long holdsMs() {
        return given.stream().mapToLong(DelayClass::delayMs).max().orElse(0);
    }

    private static int classOf(Bio bio) {
        return switch (bio.op()) {
            case READ -> READ;
            case WRITE, DISCARD, WRITE_ZEROES -> WRITE;
            case FLUSH -> FLUSH;
        };
    }

    @Override
    @HotPath
    public MapResult map(Bio bio, QueueContext q) {
        final int c = classOf(bio);
        bio.remap(devs[c], startSectors[c] + (bio.sector() - beginSector));
        final long delayNs = delaysNs[c];
        if (delayNs == 0 || !mayDelay) {
            return MapResult.REMAPPED;
        }
        waiting.incrementAndGet(c);
        q.timer(bio, delayNs);
        return MapResult.SUBMITTED;
    }

    /// Its time is over, or the suspend does not wait for it.
    @Override
    @HotPath
    public void work(Bio bio, QueueContext q) {
        waiting.decrementAndGet(classOf(bio));
        q.submit(bio);
    }

    /// What comes from now on goes straight on; the core ends the timers of what waits. As in the kernel, only a resume
    /// turns the delays on again.
    @Override
    public void presuspend() {
        mayDelay = false;
    }

    @Override
    public void resume() {
        mayDelay = true;
    }

    @Override
    public void status(StatusSink out, StatusType type, boolean noflush) {
        switch (type) {
            case INFO ->
                out.number(waiting.get(READ))
                        .text(" ")
                        .number(waiting.get(WRITE))
                        .text(" ")
                        .number(waiting.get(FLUSH));
            case TABLE -> {
                for (int i = 0; i < given.size(); i++) {
                    given.get(i).print(i == 0 ? out : out.text(" "));
                }
            }
        }
    }

    @Override
    public void iterateDevices(DeviceVisitor visitor) {
        for (int i = 0; i < CLASSES; i++) {
            visitor.visit(devs[i], startSectors[i], lenSectors);
        }
    }
}
