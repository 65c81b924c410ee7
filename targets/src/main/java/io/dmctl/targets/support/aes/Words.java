package io.dmctl.targets.support.aes;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Little-endian 64-bit words in arrays and segments, at any address.
final class Words {
    static final VarHandle OF_ARRAY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    static final ValueLayout.OfLong LE = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Words() {}

    static long get(byte[] array, int at) {
        return (long) OF_ARRAY.get(array, at);
    }

    static void set(byte[] array, int at, long word) {
        OF_ARRAY.set(array, at, word);
    }
}
