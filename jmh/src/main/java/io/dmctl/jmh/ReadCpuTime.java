package io.dmctl.jmh;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/// How much processor time does a 4 KiB read from the page cache take by pread(2), through a queue's thread, its
/// ring and a linear target, and through trace in its place? Unlike elapsed time it stays within a few per cent
/// on a busy machine. Prints ns a read, and in brackets what of it is spent in user mode, for each of some
/// rounds; and of the ratio of trace to linear in a round the median and the range.
public final class ReadCpuTime {
    private static final int READS = 500_000;
    private static final int ROUNDS = 15;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ReadCpuTime() {}

    public static void main(String[] args) throws Exception {
        for (int depth : new int[] {1, 32}) {
            try (ReadRig linear = ReadRig.open(depth, "linear");
                    ReadRig trace = ReadRig.open(depth, "trace")) {
                compare(depth, linear, trace);
            }
        }
    }

    private static void compare(int depth, ReadRig linear, ReadRig trace) {
        final Runner byPread = new Runner(Thread.currentThread(), () -> linear.preads(READS));
        final Runner byLinear = new Runner(linear.agent().thread(), () -> linear.queueReads(READS));
        final Runner byTrace = new Runner(trace.agent().thread(), () -> trace.queueReads(READS));
        final double[] ratios = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) { // the compiler's time is not measured
            byPread.measure(round);
            byLinear.measure(round);
            byTrace.measure(round);
            if (round >= 0) {
                ratios[round] = (double) byTrace.cpuNs[round] / byLinear.cpuNs[round];
            }
        }
        Arrays.sort(ratios);
        System.out.println("depth " + depth);
        System.out.println("  pread: " + byPread);
        System.out.println("  queue, ring, linear: " + byLinear);
        System.out.println("  queue, ring, trace: " + byTrace);
        System.out.printf(
                Locale.ROOT,
                "  trace / linear: %.3f (%.3f..%.3f)%n",
                ratios[ROUNDS / 2],
                ratios[0],
                ratios[ROUNDS - 1]);
    }

    /// One way to read, by the processor time of the thread that does it.
    private static final class Runner {
        final Thread thread;
        final Runnable reads;
        final long[] cpuNs = new long[ROUNDS];
        final long[] userNs = new long[ROUNDS];

        Runner(Thread thread, Runnable reads) {
            this.thread = thread;
            this.reads = reads;
        }

        void measure(int round) {
            final long id = thread.threadId();
            final long cpu = THREADS.getThreadCpuTime(id);
            final long user = THREADS.getThreadUserTime(id);
            reads.run();
            if (round >= 0) {
                cpuNs[round] = (THREADS.getThreadCpuTime(id) - cpu) / READS;
                userNs[round] = (THREADS.getThreadUserTime(id) - user) / READS;
            }
        }

        @Override
        public String toString() {
            final StringBuilder rounds = new StringBuilder();
            for (int round = 0; round < ROUNDS; round++) {
                rounds.append(cpuNs[round]).append(" (").append(userNs[round]).append(round == ROUNDS - 1 ? ")" : ") ");
            }
            return rounds.toString();
        }
    }
}
