package io.dmctl.backend.transport;

import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;
import io.dmctl.bindings.ublkctl.UblkParams;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    /// A bio's length has 32 bits: the largest discard and write zeroes, whole 4 KiB.
    private static final int MAX_RANGE_SECTORS = (int) (((1L << 32) - 4096) >> 9);

    private static final int PAGE_SHIFT = 12;
    private static final int RECOVERY_TRIES = 3000;
    private static final long RECOVERY_PAUSE_NS = 10_000_000L;

    private final IoGroup group;
    private final MappedDevice device;
    private final UblkOptions options;
    private final List<QueueAgent> agents = new ArrayList<>();
    private volatile @Nullable UblkDeviceInfo info;
    private @Nullable Fd ublkc;
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

    /// N of /dev/ublkbN, or -1 before the first resume.
    public int id() {
        final UblkDeviceInfo i = info;
        return i == null ? -1 : i.id();
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

    private void add(QueueLimits limits, long sizeSectors) throws ErrnoException {
        boolean ok = false;
        try (UblkControl control = UblkControl.open()) {
            final UblkDeviceInfo added = control.addDevice(UblkDeviceInfo.wanted(
                    UblkDeviceInfo.ANY_ID,
                    options.queues(),
                    options.depth(),
                    options.maxIoBytes(),
                    deviceFlags(control)));
            info = added;
            try {
                control.setParams(added.id(), params(limits, sizeSectors, added.maxIoBytes()));
                startQueues(added);
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

    private void startQueues(UblkDeviceInfo i) throws ErrnoException {
        final Fd c = openCharDevice(i.charDevicePath());
        ublkc = c;
        for (int q = 0; q < i.queues(); q++) {
            agents.add(QueueAgent.start(
                    group, "ublk" + i.id() + "-q" + q, new UblkQueue(device, c, q, i.depth(), i.maxIoBytes())));
        }
    }

    /// @throws ErrnoException EOPNOTSUPP when the driver lacks what the policy needs
    private long deviceFlags(UblkControl control) throws ErrnoException {
        final Set<UblkFeature> there = UblkFeature.setOf(control.features());
        final Set<UblkFeature> flags = EnumSet.noneOf(UblkFeature.class);
        if (there.contains(UblkFeature.NO_AUTO_PART_SCAN)) {
            // The kernel's mapped devices are not scanned either; and a target may hold the scan's read for long.
            flags.add(UblkFeature.NO_AUTO_PART_SCAN);
        }
        if (options.recovery().needs().isEmpty()) {
            return UblkFeature.maskOf(flags);
        }
        flags.addAll(options.recovery().needs());
        for (UblkFeature needed : flags) {
            if (!there.contains(needed)) {
                throw new ErrnoException(
                        "--recovery " + options.recovery().word(),
                        "the driver has no " + needed + " (Linux " + needed.firstKernel() + ")",
                        Errno.EOPNOTSUPP);
            }
        }
        if (there.contains(UblkFeature.QUIESCE)) {
            flags.add(UblkFeature.QUIESCE);
        }
        return UblkFeature.maskOf(flags);
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
            startQueues(found);
            startLimits = limits;
            shownSectors = sysfsSectors(id);
            ok = true;
        } finally {
            if (!ok) {
                letGo();
            }
        }
    }

    /// Not by an open: that may read.
    private static long sysfsSectors(int id) throws ErrnoException {
        final Path size = Path.of("/sys/block/ublkb" + id + "/size");
        try {
            return Long.parseLong(Files.readString(size).strip());
        } catch (IOException e) {
            throw new ErrnoException("read", size.toString(), Errno.ENODEV);
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

    /// udev may hold a new character device for a moment. @kernel drivers/block/ublk_drv.c `ublk_ch_open`
    private static Fd openCharDevice(String path) throws ErrnoException {
        for (int tries = 0; ; tries++) {
            try {
                return Fd.open(path, OpenFlags.RDWR);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EBUSY || tries == 100) {
                    throw e;
                }
                LockSupport.parkNanos(10_000_000L);
            }
        }
    }

    private void abandon(UblkControl control, int id) {
        try {
            control.stop(id);
            end(control, id);
        } catch (ErrnoException e) {
            log.warn("ublkb{}: could not be deleted after a failed start: {}", id, e.getMessage());
        }
    }

    private UblkParams params(QueueLimits limits, long sizeSectors, int maxIoBytes) {
        int attributes = UblkParams.Basic.VOLATILE_CACHE | UblkParams.Basic.FUA;
        if (readOnly) {
            attributes |= UblkParams.Basic.READ_ONLY;
        }
        if (limits.rotational()) {
            attributes |= UblkParams.Basic.ROTATIONAL;
        }
        final int lbsShift = log2(limits.logicalBlockSize());
        final UblkParams.Basic basic = new UblkParams.Basic(
                attributes,
                lbsShift,
                Math.max(lbsShift, log2(limits.physicalBlockSize())),
                limits.ioOpt() == 0 ? 0 : log2(limits.ioOpt()),
                log2(limits.ioMin()),
                maxIoBytes >> 9,
                0,
                sizeSectors,
                limits.virtBoundaryMask());
        final int granularity = Math.max(limits.discardGranularity(), limits.logicalBlockSize());
        return UblkParams.of(basic)
                .withDiscard(new UblkParams.Discard(granularity, granularity, MAX_RANGE_SECTORS, MAX_RANGE_SECTORS))
                .withDmaAlignmentMask(Math.min(limits.dmaAlignmentMask(), (1 << PAGE_SHIFT) - 1));
    }

    private static int log2(int n) {
        return 31 - Integer.numberOfLeadingZeros(Math.max(1, n));
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
                log.info("ublkb{}: taken over, {} queues x {} tags", i.id(), i.queues(), i.depth());
            }
            if (!started) {
                control.start(i.id(), (int) ProcessHandle.current().pid());
                started = true;
                log.info("ublkb{}: started, {} queues x {} tags", i.id(), i.queues(), i.depth());
            } else if (sizeSectors != shownSectors) {
                control.updateSize(i.id(), sizeSectors);
            }
            shownSectors = sizeSectors;
            lowerLimits(i);
        } catch (ErrnoException e) {
            throw new TableException(e.getMessage(), e.errno(), -1, -1);
        }
    }

    /// Lowers through sysfs what the table does not offer, and sets merging and read-only as the table needs them.
    private void lowerLimits(UblkDeviceInfo i) {
        final QueueLimits limits = device.limits();
        final Path queue = Path.of("/sys/block/ublkb" + i.id() + "/queue");
        try {
            final Path file = queue.resolve("discard_max_bytes");
            final boolean discards = limits.maxDiscardSectors() != 0;
            // The write waits for all I/O that is in flight, which a target may hold for long: only where it must be.
            if (discards == Files.readString(file).strip().equals("0")) {
                Files.writeString(file, Long.toString(discards ? (long) MAX_RANGE_SECTORS << 9 : 0));
            }
        } catch (IOException e) {
            log.warn("ublkb{}: discard limit not set: {}", i.id(), e.toString());
        }
        try {
            // 2: not even with the request before. 0 is what every device starts with.
            Files.writeString(queue.resolve("nomerges"), limits.noMerges() ? "2" : "0");
        } catch (IOException e) {
            log.warn("ublkb{}: merging of requests not set: {}", i.id(), e.toString());
        }
        try (Fd b = Fd.open(i.blockDevicePath(), OpenFlags.RDONLY)) {
            BlockDevices.setReadOnly(b.number(), readOnly);
        } catch (ErrnoException e) {
            log.warn("ublkb{}: read-only flag not set: {}", i.id(), e.getMessage());
        }
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
                if (error != null) {
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
        control.delete(id);
        log.info("ublkb{}: deleted", id);
    }
}
