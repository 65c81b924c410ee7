package io.dmctl.targets.core;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The scheduler of a real process: threads run by themselves, waits are on one condition.
public final class ThreadScheduler implements Scheduler {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public ThreadScheduler() {}

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier done) {
        lock.lock();
        try {
            while (!done.getAsBoolean()) {
                changed.await();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
