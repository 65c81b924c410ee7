package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The processor's time stamp counter, for machines where `clock_gettime` is a system call: those whose clock source
/// has no vDSO (hpet, acpi_pm, xen) and User-Mode Linux. Read by four instructions of our own: why, and what they save,
/// is in docs/designs/0003-clock.md.
///
/// Thread rule: every method may be called from any thread; processors whose counters differ are refused.
public final class CycleCounter {
    /// A clock that takes no system call answers in 20 to 50 ns.
    private static final long DEAR_NS = 200;

    private static final int READINGS = 16;
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Path SOURCES = Path.of("/sys/devices/system/clocksource/clocksource0/available_clocksource");

    /// `rdtsc; shl $32, %rdx; or %rdx, %rax; ret`: answers EDX:EAX as a long, touches no memory.
    private static final byte[] READ_TSC = {
        0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 0x20, 0x48, 0x09, (byte) 0xd0, (byte) 0xc3
    };

    private CycleCounter() {}

    /// Linked once, when it is known to be wanted: a machine with a cheap clock never gets here.
    private static final class Code {
        static final Availability MAPPED;
        static final MethodHandle READ;

        static {
            MethodHandle read = MethodHandles.constant(long.class, 0L);
            Availability mapped = Availability.yes();
            try {
                final MemorySegment code = Mapping.executable(READ_TSC).segment(); // stays as long as the process
                read = Linker.nativeLinker()
                        .downcallHandle(code, FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));
            } catch (ErrnoException e) {
                mapped = Availability.no(
                        String.valueOf(e.getMessage()), "let the server map executable memory (SELinux: execmem)");
            }
            MAPPED = mapped;
            READ = read;
        }
    }

    private static final class Found {
        static final Availability ANSWER = look();
    }

    /// Whether the counter is to be used: it counts evenly, and `System.nanoTime` is dear. Looks once a process.
    public static Availability probe() {
        return Found.ANSWER;
    }

    /// The counter, in ticks of unknown length; only where [#probe] says yes. Allocates nothing. @HotPath
    public static long ticks() {
        try {
            return (long) Code.READ.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// What System.nanoTime takes here: the least of some readings, ns.
    static long clockCostNs() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < READINGS; i++) {
            final long before = System.nanoTime();
            least = Math.min(least, System.nanoTime() - before);
        }
        return least;
    }

    private static Availability look() {
        final long costNs = clockCostNs();
        if (costNs < DEAR_NS) {
            return Availability.no("System.nanoTime takes " + costNs + " ns", "none needed");
        }
        final Availability steady = steady();
        if (!steady.available()) {
            return steady;
        }
        return Code.MAPPED.available() ? Availability.yes("System.nanoTime takes " + costNs + " ns") : Code.MAPPED;
    }

    /// Whether this machine's counter counts evenly, whatever its clock costs.
    static Availability steady() {
        return steady(text(CPUINFO), text(SOURCES));
    }

    /// What the kernel says about the counter: it runs at one rate in all states of the processor, and (on a kernel
    /// that owns the hardware) nothing was found that makes it unfit as a clock, such as processors that disagree.
    static Availability steady(String cpuinfo, String clockSources) {
        final List<String> flags = cpuinfo.lines()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .map(line -> Arrays.asList(line.split("\\s+")))
                .orElse(List.of());
        if (!flags.contains("constant_tsc") || !flags.contains("nonstop_tsc")) {
            return Availability.no("/proc/cpuinfo: no constant_tsc and nonstop_tsc", "a newer processor");
        }
        // User-Mode Linux passes its host's flags on, and has no clock source but its own timer.
        if (!cpuinfo.contains("User Mode Linux")
                && !Arrays.asList(clockSources.split("\\s+")).contains("tsc")) {
            return Availability.no("the kernel does not trust the time stamp counter", "see dmesg | grep -i tsc");
        }
        return Availability.yes();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
