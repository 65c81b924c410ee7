package io.dmctl.bindings.sys;

import java.util.BitSet;
import java.util.StringJoiner;

/// The kernel's list form of a bitmap, as in `/sys/devices/system/cpu/online`.
///
/// @kernel lib/vsprintf.c `%*pbl`
public final class BitmapList {
    private BitmapList() {}

    /// `0-2,4`; empty for no bit.
    public static String text(BitSet bits) {
        final StringJoiner list = new StringJoiner(",");
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            final int last = bits.nextClearBit(first) - 1;
            list.add(first == last ? Integer.toString(first) : first + "-" + last);
            first = bits.nextSetBit(last + 1);
        }
        return list.toString();
    }
}
