package io.dmctl.backend.crypto;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.dmctl.bindings.sys.Availability;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Whether the JVM's compiler makes AES of the JDK run at the machine's speed: it needs AVX-512 and VAES for that.
final class AesIntrinsics {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final List<String> FLAGS = List.of("aes", "vaes", "avx512f", "avx512bw", "avx512vl");
    private static final int AVX512 = 3;

    private AesIntrinsics() {}

    static Availability probe() {
        final HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (vm == null) {
            return no("this JVM does not tell its options");
        }
        try {
            if (!processorHasAll()) {
                return no("the processor has not all of " + String.join(" ", FLAGS));
            }
            // UseAESIntrinsics, which follows it, is a diagnostic option: a JVM does not tell it
            final boolean aes = Boolean.parseBoolean(vm.getVMOption("UseAES").getValue());
            final int avx = Integer.parseInt(vm.getVMOption("UseAVX").getValue());
            return aes && avx >= AVX512
                    ? Availability.yes("AES intrinsics with AVX-512 and VAES")
                    : no("this JVM does not use AVX-512 for AES");
        } catch (IOException | IllegalArgumentException e) {
            return no("this machine does not tell: " + e.getMessage());
        }
    }

    /// @throws IOException when the processor's flags cannot be read
    static boolean processorHasAll() throws IOException {
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            final String flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
            return Arrays.asList(flags.split("\\s+")).containsAll(FLAGS);
        }
    }

    private static Availability no(String reason) {
        return Availability.no(reason, "nothing to be done");
    }
}
