package io.dmctl.backend.server;

import com.sun.management.ThreadMXBean;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.ToIntFunction;

/// Whether a load fits into this server: into its heap, which is fixed, and what its queues' buffers need into the
/// machine's memory. Asked before anything is made, for an I/O thread that finds no memory ends the process.
///
/// A device has its bios on every I/O thread that has served it: those of its own, and those of the devices above it in
/// this group. What they will take is reserved from the load on. The constants are measured, with the server's heap
/// (Serial, 64 MB, compressed pointers): MemoryBudgetUringTest holds them to what it measures.
///
/// Thread rule: any.
final class MemoryBudget {
    /// The heap that a device of usual depth takes on an I/O thread; 103 KB measured.
    private static final long SLOT_BYTES = 110_000;
    /// The heap that a line of a table takes on an I/O thread, besides what its target keeps for each bio; 101 bytes
    /// measured.
    static final long LINE_BYTES = 112;
    /// What a device takes on an I/O thread that never serves it; 358 bytes measured.
    static final long IDLE_SLOT_BYTES = 400;
    /// What commands need meanwhile.
    private static final long RESERVE_BYTES = 10L << 20;
    /// I/O threads beside its queues' that may serve a device: one of its targets'.
    private static final int OWN_WORKERS = 1;

    private static final int MEASURED_BIOS = 8;
    private static final int SLOT_BIOS = IoGroup.POOL_BIOS + IoGroup.OWN_BIOS;

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final IoGroup group;
    private final ToIntFunction<MappedDevice> ioThreads;
    /// What the targets of a table keep for one bio.
    private final Map<LiveTable, Long> bytesOfABio = new WeakHashMap<>();

    /// @param ioThreads how many I/O threads a device has for its queues, or will have after its first resume
    MemoryBudget(IoGroup group, ToIntFunction<MappedDevice> ioThreads) {
        this.group = group;
        this.ioThreads = ioThreads;
    }

    /// The heap that `bios` bios take.
    static long slotBytes(long bios) {
        return bios * SLOT_BYTES / SLOT_BIOS;
    }

    /// For one more device, with `threads` I/O threads for queues of `depth`.
    ///
    /// @throws DmProtocolException ENOMEM
    synchronized void requireDevice(int threads, int depth) throws DmProtocolException {
        final List<MappedDevice> devices = group.devices();
        final long bios = (long) Math.max(IoGroup.POOL_BIOS, depth) + IoGroup.OWN_BIOS;
        final long idle = (group.threadCount() + (long) threads * devices.size()) * IDLE_SLOT_BYTES;
        requireHeap(
                (threads + OWN_WORKERS) * slotBytes(bios) + idle + promisedBytes(devices),
                (devices.size() + 1) + " devices, the last on " + threads + " I/O threads,",
                "give it a --group of its own, or take fewer --queues, or a smaller --depth");
    }

    /// For a table that is about to be loaded for `device`.
    ///
    /// @throws DmProtocolException ENOMEM
    synchronized void requireTable(MappedDevice device, LiveTable table) throws DmProtocolException {
        final List<MappedDevice> devices = group.devices();
        final long threads = servingThreads(device, devices);
        long bytes = threads * bytesOnAThread(table, device) + promisedBytes(devices);
        for (MappedDevice below : devices) {
            if (!device.reaches(below) && reaches(table, below)) {
                bytes += threads * (slotBytes(below.biosOnAThread()) + bytesOnAThread(below));
            }
        }
        requireHeap(
                bytes,
                "a table of " + table.targetCount() + " lines on " + threads + " I/O threads",
                "spread it over several devices, or take fewer --queues");
    }

    private static boolean reaches(LiveTable table, MappedDevice below) {
        return table.devices().stream().anyMatch(dev -> dev instanceof MappedDevice md && md.reaches(below));
    }

    /// What the devices take once every thread that may serve them does.
    private long promisedBytes(List<MappedDevice> devices) {
        long bytes = 0;
        for (MappedDevice device : devices) {
            final long missing = servingThreads(device, devices) - device.equippedThreads();
            bytes += Math.max(0, missing) * bytesOnAThread(device)
                    + Math.max(0, missing + OWN_WORKERS) * slotBytes(device.biosOnAThread());
        }
        return bytes;
    }

    /// Without those of its targets.
    private long servingThreads(MappedDevice device, List<MappedDevice> devices) {
        long threads = 0;
        for (MappedDevice above : devices) {
            if (above.reaches(device)) {
                threads += ioThreads.applyAsInt(above);
            }
        }
        return threads;
    }

    /// What its table takes there, besides its bios.
    private long bytesOnAThread(MappedDevice device) {
        final LiveTable table = device.live();
        return table == null ? 0 : bytesOnAThread(table, device);
    }

    private long bytesOnAThread(LiveTable table, MappedDevice device) {
        return table.targetCount() * LINE_BYTES
                + bytesOfABio.computeIfAbsent(table, MemoryBudget::bytesOfABio) * device.biosOnAThread();
    }

    private static long bytesOfABio(LiveTable table) {
        return (perIoBytes(table, 1 + MEASURED_BIOS) - perIoBytes(table, 1)) / MEASURED_BIOS;
    }

    private static long perIoBytes(LiveTable table, int bios) {
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        table.makePerIo(bios);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void requireHeap(long neededBytes, String what, String remedy) throws DmProtocolException {
        if (neededBytes + RESERVE_BYTES > freeHeapBytes()) {
            System.gc(); // what is garbage does not count
        }
        final long spareBytes = freeHeapBytes() - RESERVE_BYTES;
        if (neededBytes > spareBytes) {
            throw new DmProtocolException(
                    Errno.ENOMEM,
                    what + " need " + megabytes(neededBytes) + " more of the server's heap, which has "
                            + megabytes(Math.max(0, spareBytes)) + " to spare: " + remedy);
        }
    }

    private static long freeHeapBytes() {
        final Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    }

    /// For the buffers of a device's queues.
    ///
    /// @throws DmProtocolException ENOMEM
    static void requireBuffers(long bytes) throws DmProtocolException {
        final long available = availableBytes();
        if (bytes > available) {
            throw new DmProtocolException(
                    Errno.ENOMEM,
                    "its queues' buffers (queues x depth x largest request) need " + megabytes(bytes)
                            + ", this machine has " + megabytes(available)
                            + " available: take fewer --queues, or a smaller --depth");
        }
    }

    /// @kernel fs/proc/meminfo.c `meminfo_proc_show`
    private static long availableBytes() {
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException e) {
            return Long.MAX_VALUE; // no /proc: nothing to judge by
        }
        return Long.MAX_VALUE;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
