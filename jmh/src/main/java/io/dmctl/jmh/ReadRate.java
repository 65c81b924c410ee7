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

/// How many 4 KiB reads a second come through a queue's thread, its ring and a linear target? The Java side of
/// `jmh/ring`: for each line `cached|direct DEPTH SECONDS` of standard input, reads the file that is its argument
/// and prints reads a second and ns of the queue's processor time a read. What was warm stays warm between lines.
public final class ReadRate {
    private static final int READS = 16_384;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ReadRate() {}

    public static void main(String[] args) throws Exception {
        final Path file = Path.of(args[0]);
        final Map<String, ReadRig> rigs = new HashMap<>();
        final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            final String[] words = line.split(" ", -1);
            final String key = words[0] + " " + words[1];
            ReadRig rig = rigs.get(key);
            if (rig == null) {
                final int direct = words[0].equals("direct") ? OpenFlags.DIRECT : 0;
                rig = ReadRig.open(file, OpenFlags.RDONLY | direct, Integer.parseInt(words[1]), "linear");
                rigs.put(key, rig);
            }
            System.out.println(measure(rig, Double.parseDouble(words[2])));
        }
        rigs.values().forEach(ReadRig::close);
    }

    private static String measure(ReadRig rig, double seconds) {
        final long thread = rig.agent().thread().threadId();
        final long cpuNs = THREADS.getThreadCpuTime(thread);
        final long startNs = System.nanoTime();
        long reads = 0;
        long elapsedNs;
        do {
            rig.queueReads(READS);
            reads += READS;
            elapsedNs = System.nanoTime() - startNs;
        } while (elapsedNs < seconds * 1e9);
        return Math.round(reads * 1e9 / elapsedNs) + "\t" + (THREADS.getThreadCpuTime(thread) - cpuNs) / reads;
    }
}
