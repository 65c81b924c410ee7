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

/// Whether a load fits into this server: into its heap, which is fixed, and what its queues' buffers need into the
/// machine's memory. Asked before anything is made, for an I/O thread that finds no memory ends the process.
///
/// Every device of a group has its bios on every I/O thread of the group, so that the heap needed grows with the
/// product of both. The constants are measured, with the server's collector and heap (Serial, 64 MB, compressed
/// pointers): MemoryBudgetUringTest holds them to what it measures.
final class MemoryBudget {
    /// The heap that a device of usual depth takes on an I/O thread; 103 KB measured.
    private static final long SLOT_BYTES = 110_000;
    /// The heap that a line of a table takes on an I/O thread, besides what its target keeps for each bio; 101 bytes
    /// measured.
    static final long LINE_BYTES = 112;
    /// What commands need meanwhile.
    private static final long RESERVE_BYTES = 10L << 20;
    private static final int MEASURED_BIOS = 8;
    private static final int SLOT_BIOS = IoGroup.POOL_BIOS + IoGroup.OWN_BIOS;

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final IoGroup group;

    MemoryBudget(IoGroup group) {
        this.group = group;
    }

    /// The heap that `bios` bios take.
    static long slotBytes(long bios) {
        return bios * SLOT_BYTES / SLOT_BIOS;
    }

    /// For one more device, of queues of `depth`. `promised`: how many I/O threads it, and those that wait for their
    /// first resume, will start.
    ///
    /// @throws DmProtocolException ENOMEM
    void requireDevice(int promised, int depth) throws DmProtocolException {
        final List<MappedDevice> devices = group.devices();
        final long threads = group.threadCount() + (long) promised;
        long bios = threads * (Math.max(IoGroup.POOL_BIOS, depth) + IoGroup.OWN_BIOS);
        for (MappedDevice device : devices) {
            bios += (long) promised * device.biosOnAThread();
        }
        requireHeap(
                slotBytes(bios),
                (devices.size() + 1) + " devices on " + threads + " I/O threads",
                "give it a --group of its own, or take fewer --queues, or a smaller --depth");
    }

    /// For a table that is about to be loaded for `device`.
    ///
    /// @throws DmProtocolException ENOMEM
    void requireTable(MappedDevice device, LiveTable table, int promised) throws DmProtocolException {
        final long threads = group.threadCount() + (long) promised;
        final long bioBytes = (perIoBytes(table, 1 + MEASURED_BIOS) - perIoBytes(table, 1)) / MEASURED_BIOS;
        requireHeap(
                threads * (table.targetCount() * LINE_BYTES + bioBytes * device.biosOnAThread()),
                "a table of " + table.targetCount() + " lines on " + threads + " I/O threads",
                "spread it over several devices, or take fewer --queues");
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
