package io.dmctl.jmh;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// How much processor time does a 4 KiB read from the page cache take, through a queue's thread, its ring and a
/// linear target, and by pread(2)? Unlike elapsed time it stays within a few per cent on a busy machine. Prints
/// ns a read, and in brackets what of it is spent in user mode, for each of some rounds.
public final class ReadCpuTime {
    private static final int READS = 1_000_000;
    private static final int ROUNDS = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ReadCpuTime() {}

    public static void main(String[] args) throws Exception {
        for (int depth : new int[] {1, 32}) {
            try (PageCacheRig rig = PageCacheRig.open(depth)) {
                final long queue = rig.agent().thread().threadId();
                print("queue, ring, linear, depth " + depth, queue, () -> rig.queueReads(READS));
                print("pread", Thread.currentThread().threadId(), () -> rig.preads(READS));
            }
        }
    }

    private static void print(String what, long thread, Runnable reads) {
        reads.run(); // the compiler's time
        final StringBuilder line = new StringBuilder(what).append(':');
        for (int round = 0; round < ROUNDS; round++) {
            final long cpuNs = THREADS.getThreadCpuTime(thread);
            final long userNs = THREADS.getThreadUserTime(thread);
            reads.run();
            line.append(' ').append((THREADS.getThreadCpuTime(thread) - cpuNs) / READS);
            line.append(" (")
                    .append((THREADS.getThreadUserTime(thread) - userNs) / READS)
                    .append(')');
        }
        System.out.println(line);
    }
}
