package io.dmctl.targets.testkit;

import io.dmctl.targets.core.IoThread;
import java.lang.foreign.MemorySegment;

/// An I/O thread that a [SimScheduler] runs on the test's own thread.
public final class SimIoThread extends IoThread {
    private final SimScheduler scheduler;

    SimIoThread(SimScheduler scheduler, int threadIndex, int zeroSectors) {
        super(threadIndex, MemorySegment.ofArray(new byte[zeroSectors << 9]));
        this.scheduler = scheduler;
    }

    @Override
    protected void wake() {} // the scheduler asks every thread at every step

    @Override
    public long nowNs() {
        return scheduler.nowNs();
    }

    boolean runnable() {
        return hasInput() || nextTimerNs() <= scheduler.nowNs();
    }

    @Override
    public String toString() {
        return "thread " + threadIndex() + (runnable() ? " runnable" : " idle")
                + (nextTimerNs() == Long.MAX_VALUE ? "" : ", next timer at " + nextTimerNs() + " ns");
    }
}
