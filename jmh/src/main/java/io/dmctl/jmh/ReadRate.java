package io.dmctl.jmh;

import com.sun.management.ThreadMXBean;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// How many 4 KiB reads a second come through a ring alone (`ring`), or through a queue's thread, its ring and a linear
/// target (`queue`)? The Java side of `jmh/ring`, started as `ring|queue FILE`: for each line `cached|direct DEPTH
/// SECONDS` of standard input it prints reads a second and ns of the reading thread's processor time a read. What was
/// warm stays warm between lines.
public final class ReadRate {
    private static final int READS = 16_384;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ReadRate() {}

    /// What reads: `count` blocks, on the thread `threadId`.
    private interface Reader extends AutoCloseable {
        void read(int count) throws Exception;

        long threadId();

        @Override
        void close();
    }

    public static void main(String[] args) throws Exception {
        final Path file = Path.of(args[1]);
        final Map<String, Reader> readers = new HashMap<>();
        final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            final String[] words = line.split(" ", -1);
            final String key = words[0] + " " + words[1];
            Reader reader = readers.get(key);
            if (reader == null) {
                final int flags = OpenFlags.RDONLY | (words[0].equals("direct") ? OpenFlags.DIRECT : 0);
                final int depth = Integer.parseInt(words[1]);
                reader = args[0].equals("ring") ? ring(file, flags, depth) : queue(file, flags, depth);
                readers.put(key, reader);
            }
            System.out.println(measure(reader, Double.parseDouble(words[2])));
        }
        for (Reader reader : readers.values()) {
            reader.close();
        }
    }

    private static Reader ring(Path file, int flags, int depth) throws Exception {
        final RingReads reads = RingReads.open(file, flags, depth);
        return new Reader() {
            @Override
            public void read(int count) throws Exception {
                reads.read(count);
            }

            @Override
            public long threadId() {
                return Thread.currentThread().threadId();
            }

            @Override
            public void close() {
                reads.close();
            }
        };
    }

    private static Reader queue(Path file, int flags, int depth) throws Exception {
        final ReadRig rig = ReadRig.open(file, flags, depth, "linear");
        return new Reader() {
            @Override
            public void read(int count) {
                rig.queueReads(count);
            }

            @Override
            public long threadId() {
                return rig.agent().thread().threadId();
            }

            @Override
            public void close() {
                rig.close();
            }
        };
    }

    private static String measure(Reader reader, double seconds) throws Exception {
        final long thread = reader.threadId();
        final long cpuNs = THREADS.getThreadCpuTime(thread);
        final long startNs = System.nanoTime();
        long reads = 0;
        long elapsedNs;
        do {
            reader.read(READS);
            reads += READS;
            elapsedNs = System.nanoTime() - startNs;
        } while (elapsedNs < seconds * 1e9);
        return Math.round(reads * 1e9 / elapsedNs) + "\t" + (THREADS.getThreadCpuTime(thread) - cpuNs) / reads;
    }
}
