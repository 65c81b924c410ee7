package io.dmctl.jmh;

import com.sun.management.ThreadMXBean;
import io.dmctl.backend.crypto.CryptoServices;
import io.dmctl.backend.crypto.EvpSectorCiphers;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import io.dmctl.targets.spi.crypto.SectorRun;
import io.dmctl.targets.support.aes.JdkSectorCiphers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How many GB a second of processor time does crypt convert (what it chose on this machine, and each of its
/// implementations), with AES-256 at sectors of 512 and 4096 bytes, beside `openssl speed` of the same cipher and block
/// size in the same round? `openssl speed` sets no initialisation vector for a block; a sector has one. Prints medians,
/// and of the ratios the range over the rounds.
public final class SectorCipherSpeed {
    private static final int ROUNDS = 5;
    private static final int WARM_UPS = 4;
    private static final long ROUND_NS = 300_000_000;
    private static final SectorCiphers CHOSEN =
            CryptoServices.find(SectorCiphers.class).orElseThrow();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SectorCipherSpeed() {}

    public static void main(String[] args) throws Exception {
        System.out.printf(
                "%-4s %-8s %7s %7s  %-10s %6s  %-22s %s%n",
                "mode", "way", "sector", "io", "provider", "GB/s", "of openssl speed", "B/io");
        final List<String> modes = args.length > 0 ? List.of(args) : List.of("XTS", "CBC");
        for (CipherMode mode : modes.stream().map(CipherMode::valueOf).toList()) {
            for (boolean encrypt : new boolean[] {true, false}) {
                for (int sectorBytes : new int[] {512, 4096}) {
                    compare(mode, encrypt, sectorBytes);
                }
            }
        }
    }

    /// One implementation at one size of I/O, and what it came to in each round.
    private static final class Runner {
        final String name;
        final int ioBytes;
        final SectorCipher cipher;
        final SectorRun run = new SectorRun();
        final double[] gbPerSecond = new double[ROUNDS];
        final double[] ofOpenssl = new double[ROUNDS];
        double bytesAllocated = Double.MAX_VALUE;

        Runner(String name, SectorCiphers provider, CipherMode mode, int sectorBytes, int ioBytes, Arena arena)
                throws Exception {
            this.name = name;
            this.ioBytes = ioBytes;
            final MemorySegment key = arena.allocate(mode == CipherMode.XTS ? 64 : 32);
            for (long i = 0; i < key.byteSize(); i++) {
                key.set(ValueLayout.JAVA_BYTE, i, (byte) i);
            }
            cipher = provider.open(mode, key);
            run.sectorBytes = sectorBytes;
            run.sectors = ioBytes / sectorBytes;
            run.from = arena.allocate(ioBytes, 4096);
            run.to = arena.allocate(ioBytes, 4096);
            run.ivs = arena.allocate((long) run.sectors * SectorRun.IV_BYTES);
        }

        double measure(boolean encrypt) {
            final long begin = System.nanoTime();
            final long cpuNs = THREADS.getCurrentThreadCpuTime();
            final long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long runs = 0;
            while (System.nanoTime() - begin < ROUND_NS) {
                for (int i = 0; i < 100; i++) {
                    if (encrypt) {
                        cipher.encrypt(run);
                    } else {
                        cipher.decrypt(run);
                    }
                }
                runs += 100;
            }
            final long spentNs = THREADS.getCurrentThreadCpuTime() - cpuNs;
            bytesAllocated =
                    Math.min(bytesAllocated, (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / runs);
            return (double) runs * ioBytes / spentNs;
        }
    }

    private static void compare(CipherMode mode, boolean encrypt, int sectorBytes) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            final List<Runner> runners = new ArrayList<>();
            for (int ioBytes : new int[] {4096, 65536}) {
                runners.add(new Runner("chosen", CHOSEN, mode, sectorBytes, ioBytes, arena));
                runners.add(new Runner("jdk", new JdkSectorCiphers(), mode, sectorBytes, ioBytes, arena));
                runners.add(new Runner("libcrypto", new EvpSectorCiphers(), mode, sectorBytes, ioBytes, arena));
            }
            for (int i = 0; i < WARM_UPS; i++) {
                runners.forEach(runner -> runner.measure(encrypt));
            }
            final double[] openssl = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                openssl[round] = openssl(mode, encrypt, sectorBytes);
                for (Runner runner : runners) {
                    runner.gbPerSecond[round] = runner.measure(encrypt);
                    runner.ofOpenssl[round] = runner.gbPerSecond[round] / openssl[round];
                }
            }
            final String what =
                    String.format(Locale.ROOT, "%-4s %-8s %7d", mode, encrypt ? "encrypt" : "decrypt", sectorBytes);
            System.out.printf(Locale.ROOT, "%s %7s  %-10s %6.2f%n", what, "", "openssl", median(openssl));
            for (Runner runner : runners) {
                System.out.printf(
                        Locale.ROOT,
                        "%s %7d  %-10s %6.2f  %.2f (%.2f..%.2f)       %.2f%n",
                        what,
                        runner.ioBytes,
                        runner.name,
                        median(runner.gbPerSecond),
                        median(runner.ofOpenssl),
                        Arrays.stream(runner.ofOpenssl).min().orElseThrow(),
                        Arrays.stream(runner.ofOpenssl).max().orElseThrow(),
                        runner.bytesAllocated);
                runner.cipher.close();
            }
        }
    }

    private static double median(double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// GB a second of user time, as `openssl speed` counts.
    private static double openssl(CipherMode mode, boolean encrypt, int bytes)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(
                "openssl",
                "speed",
                "-seconds",
                "1",
                "-bytes",
                Integer.toString(bytes),
                "-evp",
                "aes-256-" + mode.name().toLowerCase(Locale.ROOT)));
        if (!encrypt) {
            command.add("-decrypt");
        }
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
        final String thousands = out.substring(out.lastIndexOf(' ') + 1); // 7427794.19k
        return Double.parseDouble(thousands.replace("k", "")) / 1e6;
    }
}
