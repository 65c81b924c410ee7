package io.dmctl.backend.queue;

import io.dmctl.backend.lower.RingDevice;
import io.dmctl.bindings.ring.CompletionQueue;
import io.dmctl.bindings.ring.IoUring;
import io.dmctl.bindings.ring.RingOptions;
import io.dmctl.bindings.ring.SubmissionQueue;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.EventFd;
import io.dmctl.bindings.sys.Mapping;
import io.dmctl.bindings.sys.MonotonicClock;
import io.dmctl.bindings.sys.ProcessControl;
import io.dmctl.targets.core.CoreBio;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.DataHolder;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An I/O thread on a ring of its own: the queue of a transport, or (without a front) the worker of a domain.
///
/// Its loop does what can be done, flushes the submission queue after the first few entries, and waits in the kernel
/// when there is nothing to do. Other threads reach it through [#execute] and posted bios, which write an eventfd that
/// the ring reads; the write is left out while the thread is awake.
///
/// Owned by whoever started it; [#close] ends the thread and frees the ring.
public final class QueueAgent extends IoThread implements AutoCloseable {
    private static final int SQ_ENTRIES = 512;
    /// With one processor nothing that has begun early would go on beside this thread: it costs calls and brings
    /// nothing.
    private static final int FIRST_FLUSH = Runtime.getRuntime().availableProcessors() == 1 ? SQ_ENTRIES : 4;
    private static final int CQ_ENTRIES = 8192;
    private static final int ZERO_BYTES = 1 << 18;
    private static final int KIND_SHIFT = 56;
    private static final long PAYLOAD_MASK = (1L << KIND_SHIFT) - 1;
    /// The ring's registered files: one of the front's, and [Liveness].
    public static final int FRONT_FILE = 0;

    private static final int LIVENESS_FILE = 1;
    private static final int FILES = 2;
    private static final long NOT_READ = Long.MIN_VALUE;
    private static final int KIND_WAKE = 0;
    private static final int KIND_LOWER = 1;
    private static final int KIND_FRONT = 2;
    private static final BitSet ANYWHERE = new BitSet();
    private static final Logger log = LoggerFactory.getLogger(QueueAgent.class);
    private static final VarHandle ASLEEP;

    static {
        try {
            ASLEEP = MethodHandles.lookup().findVarHandle(QueueAgent.class, "asleep", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Zero bytes for all queues of the process; never written.
    private static final Supplier<MemorySegment> ZEROS = new Supplier<>() {
        private @Nullable MemorySegment zeros;

        @Override
        public synchronized MemorySegment get() {
            MemorySegment z = zeros;
            if (z == null) {
                try {
                    z = Mapping.anonymous(ZERO_BYTES).segment();
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
                zeros = z;
            }
            return z;
        }
    };

    private final IoGroup group;
    private final @Nullable QueueFront front;
    private final long spinNs;
    private final BitSet cpus;
    private final EventFd wakeFd;
    private final Thread thread;
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile @Nullable ErrnoException startError;
    private volatile boolean closing;
    private volatile boolean abandoned;

    @SuppressWarnings("unused") // through ASLEEP
    private volatile boolean asleep;

    private @Nullable IoUring ring;
    private @Nullable SubmissionQueue sq;
    private @Nullable DataHolder registeredOf;
    private int unflushed;
    /// After so many entries they are flushed before the turn's end: few at first, so that a disk begins early, and
    /// twice as many each time, because what comes later finds it busy.
    private int flushAt = FIRST_FLUSH;
    private long turnNs = NOT_READ;
    private final MonotonicClock clock = new MonotonicClock();
    /// Since when there is nothing to do, while the thread still looks.
    private long idleSinceNs = NOT_READ;

    private QueueAgent(
            IoGroup group, int threadIndex, String name, @Nullable QueueFront front, IdleStrategy idle, BitSet cpus)
            throws ErrnoException {
        super(threadIndex, ZEROS.get());
        this.group = group;
        this.front = front;
        this.spinNs = idle.spinNs();
        this.cpus = cpus;
        this.wakeFd = EventFd.open();
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    /// Starts a queue's thread and waits until its front has started.
    ///
    /// @throws ErrnoException when there is no ring, or the front did not start
    public static QueueAgent start(IoGroup group, String name, QueueFront front) throws ErrnoException {
        return start(group, name, front, IdleStrategy.BLOCK, ANYWHERE);
    }

    /// As [#start(IoGroup, String, QueueFront)]. `cpus`: where the thread runs; empty for anywhere, as also
    /// where the kernel does not let it.
    public static QueueAgent start(IoGroup group, String name, QueueFront front, IdleStrategy idle, BitSet cpus)
            throws ErrnoException {
        return start(new QueueAgent(group, group.newThreadIndex(), name, front, idle, cpus));
    }

    /// The worker of a domain: no transport.
    public static QueueAgent worker(IoGroup group, int threadIndex) throws ErrnoException {
        final String name = "domain-" + threadIndex;
        return start(new QueueAgent(group, threadIndex, name, null, IdleStrategy.BLOCK, ANYWHERE));
    }

    private static QueueAgent start(QueueAgent agent) throws ErrnoException {
        agent.thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                agent.started.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // a started thread must be known as such
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        final ErrnoException error = agent.startError;
        if (error != null) {
            throw error;
        }
        return agent;
    }

    // ---- the thread ----

    private void run() {
        boolean joined = false;
        try {
            pin();
            final IoUring r = IoUring.open(
                    RingOptions.of(SQ_ENTRIES).withCqEntries(CQ_ENTRIES).forQueueThread());
            ring = r;
            sq = r.sq();
            r.register().filesSparse(FILES);
            if (Liveness.fd() != Liveness.NONE) {
                r.register().file(LIVENESS_FILE, Liveness.fd());
            }
            armWake();
            group.join(this);
            joined = true;
            if (front != null) {
                front.start(this);
            }
            r.submit();
            unflushed = 0;
        } catch (ErrnoException e) {
            startError = e;
            end(joined);
            started.countDown();
            return;
        } catch (RuntimeException | Error e) {
            // Whoever waits for the start must hear of it; what is half made stays with the dying thread.
            startError = new ErrnoException("start", thread.getName() + ": " + e, Errno.EIO);
            started.countDown();
            throw e;
        }
        started.countDown();
        loop();
        end(true);
    }

    private void pin() {
        if (!cpus.isEmpty()) {
            try {
                ProcessControl.setAffinity(cpus);
            } catch (ErrnoException e) {
                log.warn("{}: not on the CPUs of its queue: {}", thread.getName(), e.getMessage());
            }
        }
    }

    private void loop() {
        final IoUring r = openRing();
        final CompletionQueue completions = r.cq();
        while (true) {
            runPending();
            if (abandoned || (front == null ? closing : front.isDone())) {
                return;
            }
            unflushed = 0;
            flushAt = FIRST_FLUSH;
            if (hasInput() || stillLooks()) {
                r.submitAndWait(0);
            } else {
                waitInKernel(r);
            }
            turnNs = NOT_READ;
            int n;
            while ((n = completions.ready()) > 0) {
                idleSinceNs = NOT_READ;
                for (int i = 0; i < n; i++) {
                    dispatch(completions.userData(i), completions.result(i), completions.flags(i));
                }
                completions.advance(n);
            }
        }
    }

    /// There is nothing to do: is it too early to wait? No other thread has to wake this one meanwhile.
    @HotPath
    private boolean stillLooks() {
        if (spinNs == 0) {
            return false;
        }
        final long now = nowNs();
        if (idleSinceNs == NOT_READ) {
            idleSinceNs = now;
        }
        if (now - idleSinceNs < spinNs) {
            Thread.onSpinWait();
            return true;
        }
        return false;
    }

    @HotPath
    private void waitInKernel(IoUring r) {
        ASLEEP.setVolatile(this, true); // pairs with getAndSet in wake: either it sees us asleep, or we see its input
        if (hasInput()) {
            ASLEEP.setVolatile(this, false);
            r.submitAndWait(0);
            return;
        }
        final long due = nextTimerNs();
        if (due == Long.MAX_VALUE) {
            r.submitAndWait(1);
        } else {
            r.submitAndWait(1, Math.max(0, due - nowNs()));
        }
        ASLEEP.setVolatile(this, false);
    }

    @HotPath
    private void dispatch(long userData, int result, int flags) {
        final long payload = userData & PAYLOAD_MASK;
        switch ((int) (userData >>> KIND_SHIFT)) {
            case KIND_WAKE -> armWake();
            case KIND_LOWER -> RingDevice.completed(bio((int) payload), result, this);
            case KIND_FRONT -> openFront().completed(payload, result, flags);
            default -> throw new IllegalStateException("completion of nobody: " + Long.toHexString(userData));
        }
    }

    private void armWake() {
        prepare().prepRead(wakeFd.number(), wakeFd.bufferAddress(), Long.BYTES, 0, 0, 0);
    }

    private void end(boolean joined) {
        if (joined) {
            group.leave(this);
        }
        final IoUring r = ring;
        if (r != null) {
            r.close();
        }
        if (front != null) {
            front.close();
        }
        wakeFd.close();
    }

    // ---- for fronts and lower devices, on this thread ----

    /// The submission queue, with room for one entry: prepare exactly one.
    @HotPath
    public SubmissionQueue prepare() {
        final SubmissionQueue s = sq;
        if (s == null) {
            throw new IllegalStateException("ring is not open");
        }
        if (s.free() == 0 || ++unflushed > flushAt) {
            flush(s);
        }
        return s;
    }

    @HotPath
    private void flush(SubmissionQueue s) {
        final IoUring r = openRing();
        unflushed = 1;
        flushAt = Math.min(2 * flushAt, SQ_ENTRIES);
        int r1 = r.submit();
        // The completion queue holds more than can be in flight, so only a moment's lack of memory can stand in the
        // way.
        for (int tries = 0; s.free() == 0; tries++) {
            if (tries == 1000) {
                throw new IllegalStateException("io_uring takes no entries: " + r1);
            }
            r1 = r.submit();
        }
    }

    /// Makes a table of `count` registered buffers, which a driver fills with the bytes of `holder`'s requests.
    public void registerBuffersOf(DataHolder holder, int count) throws ErrnoException {
        openRing().register().buffersSparse(count);
        registeredOf = holder;
    }

    /// Can this ring read and write these bytes where they are?
    @HotPath
    public boolean reaches(Data data) {
        return switch (data.kind()) {
            case REGISTERED -> data.holder() == registeredOf;
            case HELD -> false;
            case MEMORY, NONE -> true;
        };
    }

    public IoUring openRing() {
        final IoUring r = ring;
        if (r == null) {
            throw new IllegalStateException("ring is not open");
        }
        return r;
    }

    private QueueFront openFront() {
        final QueueFront f = front;
        if (f == null) {
            throw new IllegalStateException("a worker has no front");
        }
        return f;
    }

    /// User data that leads a completion to the front with `payload` (56 bits).
    public static long frontData(long payload) {
        return ((long) KIND_FRONT << KIND_SHIFT) | payload;
    }

    /// User data that leads a completion to the lower device of `bio`.
    public static long lowerData(CoreBio bio) {
        return ((long) KIND_LOWER << KIND_SHIFT) | bio.index();
    }

    // ---- from other threads ----

    @Override
    protected void wake() {
        if ((boolean) ASLEEP.getAndSet(this, false)) {
            wakeFd.signal();
        }
    }

    @Override
    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    @HotPath
    public long turnNs() {
        long now = turnNs;
        if (now == NOT_READ) {
            now = nowNs();
            turnNs = now;
        }
        return now;
    }

    public Thread thread() {
        return thread;
    }

    /// As [#close], without waiting for the front: what its ring has in flight is cancelled with the ring.
    public void abandon() {
        abandoned = true;
        close();
    }

    /// Ends a worker at once, a queue when its front [QueueFront#isDone]; waits for the thread.
    @Override
    public void close() {
        closing = true;
        execute(() -> {});
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the ring must not outlive its owner's close
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
