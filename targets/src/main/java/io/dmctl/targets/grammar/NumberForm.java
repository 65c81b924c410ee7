package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;

/// How the kernel reads a number: the accepted language differs from one constructor to the next.
public enum NumberForm {
    /// `sscanf("%u%c")`, as `dm_read_arg`: digits, modulo 2^32.
    SCAN_U,
    /// `sscanf("%hu%c")`: digits, modulo 2^16.
    SCAN_HU,
    /// `sscanf("%d%c")`: digits with an optional `-`, modulo 2^32.
    SCAN_D,
    /// `sscanf("%llu%c")`: digits; what does not fit is 2^64 - 1.
    SCAN_LLU,
    /// `kstrtouint(..., 10)`: an optional `+`, at most 2^32 - 1.
    KSTRTOUINT,
    /// `kstrtoint(..., 10)`: an optional sign, 32 bits.
    KSTRTOINT,
    /// `kstrtoull(..., 10)`, `kstrtoul` on 64 bits: an optional `+`, at most 2^64 - 1.
    KSTRTOULL;

    private static final long MASK_16 = 0xffff;
    private static final long MASK_32 = 0xffff_ffffL;

    /// Whether a number of this form may be negative; else it is to be taken as unsigned.
    public boolean signed() {
        return this == SCAN_D || this == KSTRTOINT;
    }

    /// Takes the next argument.
    ///
    /// @throws TargetException with `error` when there is none, or it is no number of this form
    long read(TargetArgs args, String error) throws TargetException {
        return switch (this) {
            case SCAN_U -> args.arg(0, MASK_32, error);
            case SCAN_HU -> args.sectors(error) & MASK_16;
            case SCAN_LLU -> args.sectors(error);
            case KSTRTOUINT -> args.uint(error);
            case KSTRTOULL -> args.ullong(error);
            case SCAN_D, KSTRTOINT -> signed(args, error);
        };
    }

    private long signed(TargetArgs args, String error) throws TargetException {
        final int at = args.count() - args.remaining();
        final String word = args.shift(error);
        final boolean minus = word.startsWith("-");
        try (TargetArgs digits = TargetArgs.split(minus ? word.substring(1) : word)) {
            if (this == SCAN_D) {
                final long value = digits.sectors(error);
                return (int) (minus ? -value : value);
            }
            if (minus && word.startsWith("-+")) {
                throw new TargetException(error, TargetException.EINVAL, at);
            }
            final long value = minus ? -digits.uint(error) : digits.uint(error);
            if (value != (int) value) {
                throw new TargetException(error, TargetException.EINVAL, at);
            }
            return value;
        } catch (TargetException e) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
    }
}
