package io.dmctl.targets.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The arguments of a table line, read in order. The bytes are off-heap and wiped at [#close], so that a key need never
/// become a String.
///
/// A constructor calls one method an argument, each with its own text for what is wrong with it. Confined to one
/// thread.
///
/// @kernel drivers/md/dm-table.c `dm_split_args` `dm_shift_arg`
public final class TargetArgs implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment text;
    private final List<int[]> words = new ArrayList<>();
    private int next;

    private TargetArgs(byte[] params) {
        text = arena.allocate(Math.max(1, params.length));
        split(params);
    }

    /// Splits `params` at white space; a backslash makes the next byte a literal one.
    public static TargetArgs split(String params) {
        return new TargetArgs(params.getBytes(StandardCharsets.UTF_8));
    }

    public static TargetArgs splitBytes(byte[] params) {
        return new TargetArgs(params);
    }

    private void split(byte[] in) {
        int out = 0;
        int i = 0;
        while (true) {
            while (i < in.length && isSpace(in[i])) {
                i++;
            }
            if (i >= in.length) {
                return;
            }
            final int start = out;
            while (i < in.length && !isSpace(in[i])) {
                if (in[i] == '\\' && i + 1 < in.length) {
                    i++;
                }
                text.set(ValueLayout.JAVA_BYTE, out++, in[i++]);
            }
            words.add(new int[] {start, out - start});
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    /// How many arguments there are in all.
    public int count() {
        return words.size();
    }

    public int remaining() {
        return words.size() - next;
    }

    /// Argument `index`, from 0, without taking it.
    public String word(int index) {
        final int[] at = words.get(index);
        return new String(text.asSlice(at[0], at[1]).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /// Makes argument `index`, from 0, the next one: for a constructor that decides about its arguments in another
    /// order.
    public void seek(int index) {
        next = Objects.checkIndex(index, words.size() + 1);
    }

    /// The next argument.
    ///
    /// @throws TargetException with `error` when there is none
    public String shift(String error) throws TargetException {
        if (remaining() == 0) {
            throw new TargetException(error, TargetException.EINVAL, next);
        }
        return word(next++);
    }

    /// The next argument as a device.
    public DeviceArg device(String error) throws TargetException {
        return new DeviceArg(next, shift(error));
    }

    /// The next argument as a segment of the locked memory of these arguments, valid until [#close].
    public MemorySegment shiftSecret(String error) throws TargetException {
        if (remaining() == 0) {
            throw new TargetException(error, TargetException.EINVAL, next);
        }
        final int[] at = words.get(next++);
        return text.asSlice(at[0], at[1]).asReadOnly();
    }

    /// Refuses any other number of arguments than `count`.
    public void requireCount(int count, String error) throws TargetException {
        if (words.size() != count) {
            // The first one too many, or the place where the first missing one would stand.
            throw new TargetException(error, TargetException.EINVAL, Math.min(words.size(), count));
        }
    }

    /// The next argument as the kernel's `sscanf("%llu%c")` reads it: decimal digits only; what does not fit in 64 bits
    /// is
    /// 2^64 - 1.
    public long sectors(String error) throws TargetException {
        final int at = next;
        final String word = shift(error);
        long value = 0;
        for (int i = 0; i < word.length(); i++) {
            final int digit = word.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new TargetException(error, TargetException.EINVAL, at);
            }
            final boolean fits = Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) <= 0;
            value = fits ? value * 10 + digit : -1L;
        }
        if (word.isEmpty()) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
        return value;
    }

    /// The next argument as the kernel's `dm_read_arg` reads it: decimal digits only, modulo 2^32, in `min..max`.
    ///
    /// @kernel drivers/md/dm-table.c `dm_read_arg`
    public long arg(long min, long max, String error) throws TargetException {
        final int at = next;
        final long value = sectors(error) & 0xffff_ffffL;
        if (value < min || value > max) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
        return value;
    }

    /// As [#arg], for a number of arguments that follow: no more than there are.
    ///
    /// @kernel drivers/md/dm-table.c `dm_read_arg_group`
    public int argGroup(int min, int max, String error) throws TargetException {
        final int at = next;
        final long count = arg(min, max, error);
        if (count > remaining()) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
        return (int) count;
    }

    /// The next argument as the kernel's `kstrtouint(..., 10)` reads it: decimal, an optional `+`, at most 2^32 - 1.
    public long uint(String error) throws TargetException {
        final int at = next;
        final String word = shift(error);
        final String digits = word.startsWith("+") ? word.substring(1) : word;
        boolean ok = !digits.isEmpty();
        long value = 0;
        for (int i = 0; ok && i < digits.length(); i++) {
            final int digit = digits.charAt(i) - '0';
            value = value * 10 + digit;
            ok = digit >= 0 && digit <= 9 && value <= 0xffff_ffffL;
        }
        if (!ok) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
        return value;
    }

    /// The next argument as the kernel's `kstrtoull(..., 10)` reads it: as [#uint], at most 2^64 - 1, as an unsigned
    /// number.
    public long ullong(String error) throws TargetException {
        final int at = next;
        final String word = shift(error);
        final String digits = word.startsWith("+") ? word.substring(1) : word;
        boolean ok = !digits.isEmpty();
        long value = 0;
        for (int i = 0; ok && i < digits.length(); i++) {
            final int digit = digits.charAt(i) - '0';
            ok = digit >= 0 && digit <= 9 && Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) <= 0;
            value = value * 10 + digit;
        }
        if (!ok) {
            throw new TargetException(error, TargetException.EINVAL, at);
        }
        return value;
    }

    /// Wipes the bytes and frees them.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            text.fill((byte) 0);
            arena.close();
        }
    }
}
