package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublkctl.UblkFeature;
import java.util.EnumSet;
import java.util.Set;

/// The flags that a device is added with.
final class UblkFlags {
    private UblkFlags() {}

    /// @param there the driver's features
    /// @param unprivileged this process has no CAP_SYS_ADMIN
    /// @throws ErrnoException EOPNOTSUPP when the driver lacks what was asked for
    static long of(UblkOptions options, Set<UblkFeature> there, boolean unprivileged) throws ErrnoException {
        final Set<UblkFeature> flags = EnumSet.noneOf(UblkFeature.class);
        if (unprivileged) {
            require("a device of an ordinary user", EnumSet.of(UblkFeature.UNPRIVILEGED_DEV), there);
            requireRoot("--recovery " + options.recovery().word(), options.recovery() != RecoveryPolicy.NONE);
            requireRoot(
                    "--io-mode " + options.ioMode().word(), !options.ioMode().driverCopies());
            flags.add(UblkFeature.UNPRIVILEGED_DEV);
        }
        if (there.contains(UblkFeature.NO_AUTO_PART_SCAN)) {
            // The kernel's mapped devices are not scanned either; and a target may hold the scan's read for long.
            flags.add(UblkFeature.NO_AUTO_PART_SCAN);
        }
        final Set<UblkFeature> recovery = options.recovery().needs();
        require("--recovery " + options.recovery().word(), recovery, there);
        flags.addAll(recovery);
        if (!recovery.isEmpty() && there.contains(UblkFeature.QUIESCE)) {
            flags.add(UblkFeature.QUIESCE);
        }
        require("--io-mode " + options.ioMode().word(), options.ioMode().needs(), there);
        flags.addAll(options.ioMode().needs());
        if (!options.shmem().isEmpty()) {
            require("--shmem " + options.shmem(), EnumSet.of(UblkFeature.SHMEM_ZC), there);
            if (options.recovery() != RecoveryPolicy.NONE) {
                // The driver keeps the dead server's pages; a next one could not know that its file still has them.
                throw new ErrnoException("--shmem " + options.shmem(), "not with --recovery", Errno.EINVAL);
            }
            flags.add(UblkFeature.SHMEM_ZC);
        }
        if (options.threads() > options.queues()) { // the driver sets it by itself
            require("--threads " + options.threads(), EnumSet.of(UblkFeature.PER_IO_DAEMON), there);
        }
        return UblkFeature.maskOf(flags);
    }

    private static void requireRoot(String option, boolean given) throws ErrnoException {
        if (given) {
            throw new ErrnoException(
                    option, "the kernel has it for root's devices only (CAP_SYS_ADMIN)", Errno.EOPNOTSUPP);
        }
    }

    private static void require(String option, Set<UblkFeature> needs, Set<UblkFeature> there) throws ErrnoException {
        for (UblkFeature needed : needs) {
            if (!there.contains(needed)) {
                throw new ErrnoException(
                        option,
                        "the driver has no " + needed + " (Linux " + needed.firstKernel() + ")",
                        Errno.EOPNOTSUPP);
            }
        }
    }
}
