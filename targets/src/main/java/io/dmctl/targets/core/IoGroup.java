package io.dmctl.targets.core;

import io.dmctl.targets.spi.Background;
import io.dmctl.targets.spi.Domain;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// A device group: the I/O threads of one process, the mapped devices they serve, the domains.
///
/// Thread rule: any thread. The lock is held for list changes and for handing tasks to threads, never while waiting for
/// them.
public final class IoGroup {
    /// Bios of each mapped device on each thread that serves it, for requests (more where its queue has more of these)
    /// and for the targets' own.
    public static final int POOL_BIOS = 256;

    public static final int OWN_BIOS = 64;

    private final Scheduler scheduler;
    private final IntFunction<IoThread> workers;
    private final int poolBios;
    private final int ownBios;
    private final List<IoThread> threads = new ArrayList<>();
    private final List<MappedDevice> devices = new ArrayList<>();
    private final Map<Object, IoThread> domains = new HashMap<>();
    private final Map<Class<?>, Object> shared = new HashMap<>();
    private final AtomicInteger nextThreadIndex = new AtomicInteger();
    private final BitSet usedSlots = new BitSet();

    /// `workers` makes and starts the thread of a domain, given its index; the thread joins this group itself.
    public IoGroup(Scheduler scheduler, IntFunction<IoThread> workers) {
        this(scheduler, workers, POOL_BIOS, OWN_BIOS);
    }

    /// As above, with `poolBios` and `ownBios` bios of each device on each thread that serves it.
    public IoGroup(Scheduler scheduler, IntFunction<IoThread> workers, int poolBios, int ownBios) {
        this.scheduler = scheduler;
        this.workers = workers;
        this.poolBios = poolBios;
        this.ownBios = ownBios;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /// The index for a new thread.
    public int newThreadIndex() {
        return nextThreadIndex.getAndIncrement();
    }

    /// `thread` serves the group's devices from now on. Called on that thread, before it takes a request.
    public synchronized void join(IoThread thread) {
        threads.add(thread);
        for (MappedDevice device : devices) {
            device.joinThread(thread);
        }
    }

    /// `thread` serves no more. Called on that thread, when none of its requests is in flight.
    public void leave(IoThread thread) {
        synchronized (this) {
            threads.remove(thread);
            for (MappedDevice device : devices) {
                device.leaveThread(thread);
            }
        }
        thread.runPending(); // what a control thread still waits for
    }

    /// A device without a table, blocked until its first resume.
    public MappedDevice create(String name) {
        return create(name, 0);
    }

    /// As above. `requests`: how many its queue has at once; as many bios it has on a thread, where that is more
    /// than others have, so that none of them waits in front of the table.
    public MappedDevice create(String name, int requests) {
        final MappedDevice device;
        synchronized (this) {
            device = new MappedDevice(this, name, takeSlot(), Math.max(poolBios, requests), ownBios);
            devices.add(device);
        }
        onEveryThread(device::joinThread);
        return device;
    }

    /// Forgets a device that nothing uses, or never did.
    public void forget(MappedDevice device) {
        synchronized (this) {
            devices.remove(device);
        }
        if (onEveryThread(thread -> thread.leave(device.slotId()))) {
            freeSlot(device.slotId());
        }
    }

    private synchronized int takeSlot() {
        final int slotId = usedSlots.nextClearBit(0);
        usedSlots.set(slotId);
        return slotId;
    }

    synchronized void freeSlot(int slotId) {
        usedSlots.clear(slotId);
    }

    /// Work on `thread` that is no device's. On that thread.
    Background background(IoThread thread, Background.Worker worker) {
        return new BackgroundSlot(this, thread, takeSlot(), worker, ownBios);
    }

    public synchronized List<MappedDevice> devices() {
        return List.copyOf(devices);
    }

    /// The bios of all its devices that are on their way. Waits for the threads; cold.
    public InFlight inFlight() {
        return InFlight.now(this);
    }

    /// How many I/O threads serve the group.
    public synchronized int threadCount() {
        return threads.size();
    }

    /// The worker that owns `key`'s state, made at the first call.
    public Domain domain(Object key) {
        synchronized (domains) {
            return domains.computeIfAbsent(key, k -> workers.apply(newThreadIndex()));
        }
    }

    /// The group's object of class `type`, made at the first call.
    <S> S shared(Class<S> type, Supplier<S> make) {
        synchronized (shared) {
            return type.cast(shared.computeIfAbsent(type, t -> make.get()));
        }
    }

    /// Runs `task` on `thread` and waits for its end, also when the waiting thread is interrupted: the task is short,
    /// and it will run.
    void runOn(IoThread thread, Runnable task) {
        final Token token = new Token(1);
        thread.execute(() -> {
            task.run();
            token.ack();
        });
        token.awaitAll();
    }

    /// Runs `task` on every thread and waits until all have. False when the waiting thread was interrupted: they will.
    boolean onEveryThread(Consumer<IoThread> task) {
        final Token token;
        synchronized (this) {
            token = hand((thread, ack) -> {
                task.accept(thread);
                ack.run();
            });
        }
        return token.await();
    }

    /// Hands `task` to every thread. The caller holds this group's lock, so that a thread that joins sees either the
    /// old state or the task.
    Token hand(ThreadTask task) {
        final Token token = new Token(threads.size());
        for (IoThread thread : threads) {
            thread.execute(() -> task.run(thread, token::ack));
        }
        return token;
    }

    /// Done on an I/O thread; `ack` is called once, there, when its part is over.
    interface ThreadTask {
        void run(IoThread thread, Runnable ack);
    }

    /// Counts the threads that have not acknowledged yet.
    final class Token {
        private final AtomicInteger missing;

        Token(int threads) {
            missing = new AtomicInteger(threads);
        }

        void ack() {
            if (missing.decrementAndGet() == 0) {
                scheduler.signal();
            }
        }

        /// Waits also when the waiting thread is interrupted.
        void awaitAll() {
            boolean interrupted = false;
            while (!await()) {
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /// False when the waiting thread was interrupted.
        boolean await() {
            return scheduler.await(() -> missing.get() == 0);
        }
    }
}
