package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.control.UdevPolicy;
import io.dmctl.bindings.sys.BitmapList;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.ProcessControl;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A mapped device as /dev/ublkbN. ADD_DEV is at the first resume, when the limits are known; they start generous and
/// are lowered through
/// sysfs at each swap (decision 11).
public final class UblkTransport implements BlockTransport {
    private static final Logger log = LoggerFactory.getLogger(UblkTransport.class);
    private static final int RECOVERY_TRIES = 3000;
    /// How long one QUIESCE_DEV may find a queue full, and what lies between two.
    private static final int QUIESCE_MS = 1000;

    private static final long QUIESCE_PAUSE_NS = 5_000_000L;
    /// How long requests may take to end in a server that is replaced.
    private static final long DRAIN_NS = 10_000_000_000L;
    private static final long RECOVERY_PAUSE_NS = 10_000_000L;
    /// The kernel kills the server after 30 s; the device below needs some of them.
    private static final long MAX_HOLD_MS = 20_000;

    private final IoGroup group;
    private final MappedDevice device;
    private final UblkOptions options;
    private final List<QueueAgent> agents = new ArrayList<>();
    /// The driver lets this process do what an ordinary user may.
    private final boolean unprivileged = !ProcessControl.isSysAdmin();
    private volatile @Nullable UblkDeviceInfo info;
    private volatile @Nullable QueueSetup setup;
    private @Nullable Fd ublkc;
    private @Nullable SharedMemory shared;
    private @Nullable QueueLimits startLimits;
    private long shownSectors;
    private boolean started;
    /// Between the start and the end of a recovery.
    private boolean adopting;
    private boolean readOnly;

    public UblkTransport(IoGroup group, MappedDevice device, UblkOptions options) {
        this.group = group;
        this.device = device;
        this.options = options;
    }

    @Override
    public String kind() {
        return "ublk";
    }

    @Override
    public Optional<String> address() {
        final UblkDeviceInfo i = info;
        return started && i != null ? Optional.of(i.blockDevicePath()) : Optional.empty();
    }

    @Override
    public Optional<String> ioMode() {
        return Optional.ofNullable(info).map(i -> IoMode.ofFlags(i.flags()).word());
    }

    @Override
    public Optional<QueueSetup> queueSetup() {
        return Optional.ofNullable(setup);
    }

    /// N of /dev/ublkbN, or -1 before the first resume.
    public int id() {
        final UblkDeviceInfo i = info;
        return i == null ? -1 : i.id();
    }

    /// Is it an ordinary user's, who cannot make names in /dev?
    public boolean unprivileged() {
        return unprivileged;
    }

    /// @kernel drivers/block/ublk_drv.c `ublk_timeout`
    @Override
    public Optional<String> refusesSuspend() {
        return unprivileged
                ? Optional.of(
                        "the kernel kills the server of an ordinary user's ublk device when a request waits for 30 s:"
                                + " load and resume change its table at once")
                : Optional.empty();
    }

    @Override
    public Optional<String> refuses(LiveTable table) {
        if (!unprivileged) {
            return Optional.empty();
        }
        if (table.holdsMs() > MAX_HOLD_MS) {
            return Optional.of("a target keeps requests for " + table.holdsMs()
                    + " ms, and the kernel kills the server of an ordinary user's ublk device when one waits for 30 s:"
                    + " at most " + MAX_HOLD_MS);
        }
        return started && table.readOnly() != readOnly
                ? Optional.of(
                        "only root can make a running ublk device read-only or writable: remove and create it again")
                : Optional.empty();
    }

    @Override
    public void prepare(QueueLimits limits, long sizeSectors, boolean tableReadOnly) throws TableException {
        readOnly = tableReadOnly;
        try {
            if (info == null && options.adoptedId() >= 0) {
                takeOver(limits);
            } else if (info == null) {
                add(limits, sizeSectors);
            } else {
                checkChange(limits);
            }
        } catch (ErrnoException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, -1);
        }
    }

    private void add(QueueLimits limits, long sizeSectors) throws ErrnoException, TableException {
        if (unprivileged && !UdevPolicy.udevListens()) { // what is made then, only root could take away
            throw new TableException(
                    "no udev runs, which would give an ordinary user's ublk device to its owner: use --transport nbd",
                    Errno.EOPNOTSUPP,
                    -1,
                    -1);
        }
        boolean ok = false;
        try (UblkControl control = UblkControl.open()) {
            final long flags = UblkFlags.of(options, UblkFeature.setOf(control.features()), unprivileged);
            final UblkDeviceInfo added = control.addDevice(UblkDeviceInfo.wanted(
                    UblkDeviceInfo.ANY_ID, options.queues(), options.depth(), options.maxIoBytes(), flags));
            if (unprivileged && !UblkNodes.awaitOwner(added.charDevicePath())) {
                throw new TableException(
                        added.charDevicePath() + ": udev has not given it to this user: docs/commands/ublk.md has the"
                                + " rule; root can take it away: dmctl ublk delete " + added.id()
                                + "; --transport nbd needs neither",
                        Errno.EACCES,
                        -1,
                        -1);
            }
            info = added;
            try {
                control.setParams(
                        added.id(), UblkLimits.params(limits, sizeSectors, readOnly, added.maxIoBytes(), unprivileged));
                if (!options.shmem().isEmpty()) {
                    shared = SharedMemory.open(options.shmem());
                }
                startThreads(control, added);
                startLimits = limits;
                shownSectors = sizeSectors;
                ok = true;
            } finally {
                if (!ok) {
                    abandon(control, added.id());
                }
            }
        }
    }

    private void startThreads(UblkControl control, UblkDeviceInfo i) throws ErrnoException {
        final Fd c = UblkNodes.openChar(i.charDevicePath());
        ublkc = c;
        final int threads = options.threads(i);
        final List<String> where = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            final UblkShare share = UblkShare.of(t, threads, i.queues(), i.depth());
            final BitSet cpus = options.pinned() ? cpusOf(share, control, i.id()) : new BitSet();
            final UblkFront front = new UblkFront(device, c, share, i, shared);
            final String name = "ublk" + i.id() + (threads == i.queues() ? "-q" : "-t") + t;
            agents.add(QueueAgent.start(group, name, front, options.idle(), cpus));
            if (options.pinned()) {
                where.add(BitmapList.text(cpus));
            }
        }
        setup = new QueueSetup(i.queues(), i.depth(), threads, options.idle().word(), where);
    }

    private static BitSet cpusOf(UblkShare share, UblkControl control, int id) throws ErrnoException {
        final BitSet cpus = new BitSet();
        for (int queue : share.queues()) {
            cpus.or(control.queueAffinity(id, queue));
        }
        return cpus;
    }

    /// Fetches the tags of a device that a dead server left. When that fails, it is again as it was left.
    private void takeOver(QueueLimits limits) throws ErrnoException {
        final int id = options.adoptedId();
        boolean ok = false;
        try (UblkControl control = UblkControl.open()) {
            startRecovery(control, id);
            final UblkDeviceInfo found = control.info(id);
            info = found;
            adopting = true;
            startThreads(control, found);
            startLimits = limits;
            shownSectors = UblkNodes.sizeSectors(id);
            ok = true;
        } finally {
            if (!ok) {
                letGo();
            }
        }
    }

    /// The last reference to ublkc goes a moment after the old server's end.
    private static void startRecovery(UblkControl control, int id) throws ErrnoException {
        for (int tries = 0; ; tries++) {
            try {
                control.startRecovery(id);
                return;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EBUSY || tries == RECOVERY_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(RECOVERY_PAUSE_NS);
            }
        }
    }

    /// Can the device pass to another server without a failed request? Empty if so, else the reason.
    /// `suspended`: a device of its group is, maybe one that it lies on.
    public Optional<String> keepsFromHandOver(boolean suspended) {
        final UblkDeviceInfo i = info;
        final RecoveryPolicy policy = options.recovery();
        if (policy != RecoveryPolicy.QUEUE && policy != RecoveryPolicy.REISSUE) {
            return Optional.of("it was created with --recovery " + policy.word() + ": queue or reissue is needed");
        }
        if (i != null && !i.has(UblkFeature.QUIESCE)) {
            return Optional.of("the driver has no QUIESCE (Linux " + UblkFeature.QUIESCE.firstKernel() + ")");
        }
        return policy == RecoveryPolicy.QUEUE && suspended
                ? Optional.of("a device of its group is suspended, and what waits there would fail: resume it first")
                : Optional.empty();
    }

    /// Lets the device go to a next server: new requests wait in the kernel, those that are here are ended first.
    /// What waits in a suspended device goes back to the kernel, which sends it again.
    ///
    /// A tag whose request ends after a QUIESCE_DEV is fetched again and aborted by the next one only: so these are
    /// sent until every tag is aborted, and the queues have ended.
    ///
    /// @kernel drivers/block/ublk_drv.c `ublk_ctrl_quiesce_dev` `ublk_cancel_cmd`
    public void handOver() throws ErrnoException {
        final UblkDeviceInfo i = info;
        if (i == null) {
            return; // not shown yet
        }
        try (UblkControl control = UblkControl.open()) {
            final long end = System.nanoTime() + DRAIN_NS;
            do {
                quiesce(control, i.id());
            } while (mayDrain(end) && agents.stream().anyMatch(a -> a.thread().isAlive()));
        }
        if (agents.stream().anyMatch(a -> a.thread().isAlive())) {
            log.warn("ublkb{}: handed over with requests in flight: {}", i.id(), group.inFlight());
        }
        letGo();
        log.info("ublkb{}: handed over", i.id());
    }

    /// What takes longer, or for ever, is done once more with REISSUE, and fails with QUEUE.
    private boolean mayDrain(long endNs) {
        return !device.suspended() && System.nanoTime() - endNs < 0;
    }

    /// Must every request end before a hand-over? With REISSUE only what a lower device has, for that must
    /// not land later.
    public boolean failsWhatIsInFlight() {
        return options.recovery() == RecoveryPolicy.QUEUE;
    }

    private static void quiesce(UblkControl control, int id) throws ErrnoException {
        try {
            control.quiesce(id, QUIESCE_MS);
            LockSupport.parkNanos(QUIESCE_PAUSE_NS);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
        }
    }

    /// The queues end, the device stays for a next server.
    private void letGo() {
        agents.forEach(QueueAgent::abandon);
        agents.clear();
        final Fd c = ublkc;
        if (c != null) {
            c.close();
        }
        ublkc = null;
        info = null;
        adopting = false;
    }

    private void abandon(UblkControl control, int id) {
        try {
            control.stop(id);
            end(control, id);
        } catch (ErrnoException e) {
            log.warn("ublkb{}: could not be deleted after a failed start: {}", id, e.getMessage());
        }
    }

    /// What a started device cannot change is refused, with the reason.
    private void checkChange(QueueLimits limits) throws TableException {
        final QueueLimits was = startLimits;
        if (was != null && limits.logicalBlockSize() > was.logicalBlockSize()) {
            throw new TableException(
                    "the new table needs blocks of " + limits.logicalBlockSize()
                            + " bytes, the running ublk device has " + was.logicalBlockSize()
                            + ": remove and create it again",
                    Errno.EINVAL,
                    -1,
                    -1);
        }
    }

    @Override
    public void activate(long sizeSectors) throws TableException {
        final UblkDeviceInfo i = info;
        if (i == null) {
            throw new IllegalStateException("activate before prepare");
        }
        try (UblkControl control = UblkControl.open()) {
            if (adopting) {
                control.endRecovery(i.id(), (int) ProcessHandle.current().pid());
                adopting = false;
                started = true;
                logShown("taken over", i);
            }
            final boolean first = !started;
            if (!started) {
                control.start(i.id(), (int) ProcessHandle.current().pid());
                started = true;
                final SharedMemory s = shared;
                if (s != null) {
                    s.register(control, i.id());
                    log.info("ublkb{}: requests in {} are not copied", i.id(), s.file());
                }
                logShown("started", i);
            } else if (sizeSectors != shownSectors) {
                control.updateSize(i.id(), sizeSectors);
            }
            shownSectors = sizeSectors;
            if (!unprivileged) {
                UblkLimits.apply(i, device.limits(), readOnly, first);
            } else if (first && !UblkNodes.awaitOwner(i.blockDevicePath())) {
                log.warn("{}: udev has not given it to this user", i.blockDevicePath());
            }
        } catch (ErrnoException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, -1);
        }
    }

    private void logShown(String how, UblkDeviceInfo i) {
        log.info("ublkb{}: {}, {} queues x {} tags, {}", i.id(), how, i.queues(), i.depth(), IoMode.ofFlags(i.flags()));
    }

    @Override
    public int openCount() {
        final UblkDeviceInfo i = info;
        return i == null || !started ? 0 : OpenCount.of(i.blockDevicePath());
    }

    @Override
    public void stop() throws ErrnoException {
        final UblkDeviceInfo i = info;
        if (i == null) {
            return;
        }
        try (UblkControl control = UblkControl.open()) {
            if (started) {
                tryStop(control, i.id());
                started = false;
            } else {
                control.stop(i.id());
            }
            end(control, i.id());
        }
    }

    /// TRY_STOP_DEV refuses at once while the device is open; after that it waits for I/O, which must not be parked by
    /// a suspend.
    private void tryStop(UblkControl control, int id) throws ErrnoException {
        final FutureTask<@Nullable ErrnoException> stopping = new FutureTask<>(() -> {
            try {
                control.tryStop(id);
                return null;
            } catch (ErrnoException e) {
                return e;
            }
        });
        Thread.ofPlatform().name("ublk" + id + "-stop").start(stopping);
        while (true) {
            try {
                final ErrnoException error = stopping.get(50, TimeUnit.MILLISECONDS);
                if (error != null && error.errno() != Errno.ENODEV) { // somebody else has stopped it
                    throw error;
                }
                return;
            } catch (TimeoutException e) {
                device.failWaiting();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ErrnoException("ublk TRY_STOP_DEV", "ublkb" + id, Errno.EINTR);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    /// Every tag was aborted: the queues end by themselves. ublkc is closed before DEL_DEV, which waits for it.
    private void end(UblkControl control, int id) throws ErrnoException {
        agents.forEach(QueueAgent::close);
        agents.clear();
        final Fd c = ublkc;
        if (c != null) {
            c.close();
        }
        ublkc = null;
        info = null;
        final SharedMemory s = shared;
        if (s != null) {
            s.close();
        }
        shared = null;
        try {
            control.delete(id);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENODEV) { // somebody else has deleted it
                throw e;
            }
        }
        log.info("ublkb{}: deleted", id);
    }
}
