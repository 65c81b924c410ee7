package io.dmctl.bindings.ublkctl;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// The features of the ublk driver: one bit each of `features` and of a device's `flags`.
///
/// Kernel source: include/uapi/linux/ublk_cmd.h UBLK_F_*
public enum UblkFeature {
    SUPPORT_ZERO_COPY(0, "6.15"),
    URING_CMD_COMP_IN_TASK(1, "6.0"),
    NEED_GET_DATA(2, "6.0"),
    USER_RECOVERY(3, "6.1"),
    USER_RECOVERY_REISSUE(4, "6.1"),
    UNPRIVILEGED_DEV(5, "6.3"),
    CMD_IOCTL_ENCODE(6, "6.4"),
    USER_COPY(7, "6.5"),
    ZONED(8, "6.6"),
    USER_RECOVERY_FAIL_IO(9, "6.13"),
    UPDATE_SIZE(10, "6.16"),
    AUTO_BUF_REG(11, "6.16"),
    QUIESCE(12, "6.16"),
    PER_IO_DAEMON(13, "6.16"),
    BUF_REG_OFF_DAEMON(14, "6.17"),
    BATCH_IO(15, "7.0"),
    INTEGRITY(16, "7.0"),
    SAFE_STOP_DEV(17, "7.0"),
    NO_AUTO_PART_SCAN(18, "7.0"),
    SHMEM_ZC(19, "7.1");

    private final int bit;
    private final String firstKernel;

    UblkFeature(int bit, String firstKernel) {
        this.bit = bit;
        this.firstKernel = firstKernel;
    }

    /// The flag, as in `UBLK_F_*`.
    public long mask() {
        return 1L << bit;
    }

    /// The kernel that first had it in a usable form; for messages only.
    public String firstKernel() {
        return firstKernel;
    }

    public boolean in(long flags) {
        return (flags & mask()) != 0;
    }

    /// The known features of `flags`.
    public static Set<UblkFeature> setOf(long flags) {
        final Set<UblkFeature> set = EnumSet.noneOf(UblkFeature.class);
        for (UblkFeature f : values()) {
            if (f.in(flags)) {
                set.add(f);
            }
        }
        return Collections.unmodifiableSet(set);
    }

    /// The bits of `features`.
    public static long maskOf(Set<UblkFeature> features) {
        long mask = 0;
        for (UblkFeature f : features) {
            mask |= f.mask();
        }
        return mask;
    }
}
