package io.dmctl.targets.testkit;

import io.dmctl.targets.core.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// Runs I/O threads, ends of lower I/O and timers one at a time, in an order that one seed decides. Time is virtual: it
/// goes on only when nothing else can.
///
/// Thread rule: all on the test's thread. A test's control actions run between steps: a wait within them makes the I/O
/// threads go on.
public final class SimScheduler implements Scheduler {
    private static final long START_NS = 1_000_000_000L;

    private final long seed;
    private final SplittableRandom random;
    private final List<SimIoThread> threads = new ArrayList<>();
    private final List<Runnable> lowerIo = new ArrayList<>();
    private long nowNs = START_NS;
    private long steps;
    private long interruptAtStep = Long.MAX_VALUE;
    private boolean inStep;

    public SimScheduler(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    public long seed() {
        return seed;
    }

    /// The one source of chance: what a test draws from it is repeated with the seed.
    public SplittableRandom random() {
        return random;
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    SimIoThread newThread(int threadIndex, int zeroSectors) {
        final SimIoThread thread = new SimIoThread(this, threadIndex, zeroSectors);
        threads.add(thread);
        return thread;
    }

    /// Something that a device does at one of the next steps.
    void later(Runnable lower) {
        lowerIo.add(lower);
    }

    /// How many lower I/Os have not ended.
    public int lowerIoPending() {
        return lowerIo.size();
    }

    /// The first wait that is still on after `stepsFromNow` is given up, as an interrupted thread's is.
    public void interruptAfter(int stepsFromNow) {
        interruptAtStep = steps + stepsFromNow;
    }

    /// One thing happens. False: nothing can.
    ///
    /// @throws IllegalStateException when an I/O thread waits: that would block it
    public boolean step() {
        if (inStep) {
            throw new IllegalStateException("an I/O thread waits (seed " + seed + ")");
        }
        final List<SimIoThread> runnable =
                threads.stream().filter(SimIoThread::runnable).toList();
        final int choices = runnable.size() + lowerIo.size();
        if (choices == 0) {
            return advanceTime();
        }
        steps++;
        inStep = true;
        try {
            final int pick = random.nextInt(choices);
            if (pick < runnable.size()) {
                runnable.get(pick).runPending();
            } else {
                lowerIo.remove(pick - runnable.size()).run();
            }
        } finally {
            inStep = false;
        }
        return true;
    }

    private boolean advanceTime() {
        final long next =
                threads.stream().mapToLong(SimIoThread::nextTimerNs).min().orElse(Long.MAX_VALUE);
        if (next == Long.MAX_VALUE) {
            return false;
        }
        nowNs = Math.max(nowNs, next); // a timer that was ended early is due since the beginning
        return true;
    }

    /// Goes on until nothing can.
    public void runToIdle() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    /// Goes on for at most `count` steps.
    public void run(int count) {
        for (int i = 0; i < count && step(); i++) {
            // the step is in the condition
        }
    }

    /// @throws SimDeadlockError when nothing is left that could make it true
    @Override
    public boolean await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            if (steps >= interruptAtStep) {
                interruptAtStep = Long.MAX_VALUE;
                return false;
            }
            if (!step()) {
                throw new SimDeadlockError("deadlock: seed " + seed + ", step " + steps + ", at " + nowNs + " ns, "
                        + lowerIo.size() + " lower I/Os pending, " + threads);
            }
        }
        return true;
    }

    @Override
    public void signal() {} // await asks after every step

    @Override
    public String toString() {
        return "seed " + seed + ", step " + steps;
    }
}
