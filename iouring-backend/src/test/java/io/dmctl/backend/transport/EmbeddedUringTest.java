package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EmbeddedUringTest extends TransportContractTest {
    private static final EmbeddedOptions OPTIONS = new EmbeddedOptions(2, 4, 64 << 10);

    @Override
    BlockTransport newTransport(Rig on, MappedDevice of) {
        return new EmbeddedTransport(on.group, of, OPTIONS);
    }

    private EmbeddedDevice open() throws IOException {
        return ((EmbeddedTransport) transport).open();
    }

    @Override
    Client connect() throws IOException {
        final EmbeddedDevice opened = open();
        return new Client() {
            @Override
            public byte[] read(long sector, int bytes) throws IOException {
                final byte[] data = new byte[bytes];
                opened.read(sector, MemorySegment.ofArray(data));
                return data;
            }

            @Override
            public void write(long sector, byte[] data, boolean fua) throws IOException {
                opened.write(sector, MemorySegment.ofArray(data), fua);
            }

            @Override
            public void flush() throws IOException {
                opened.flush();
            }

            @Override
            public void discard(long sector, long sectors) throws IOException {
                opened.discard(sector, sectors);
            }

            @Override
            public void writeZeroes(long sector, long sectors) throws IOException {
                opened.writeZeroes(sector, sectors);
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }

    @Test
    void nativeSegmentsOfAnyLength() throws Exception {
        try (EmbeddedDevice opened = open();
                Arena arena = Arena.ofConfined()) {
            final byte[] data = random(20, 777 * SECTOR);
            final MemorySegment from = arena.allocate(data.length);
            MemorySegment.copy(data, 0, from, ValueLayout.JAVA_BYTE, 0, data.length);
            opened.write(3, from, false);
            final MemorySegment to = arena.allocate(data.length);
            opened.read(3, to);
            assertArrayEquals(data, to.toArray(ValueLayout.JAVA_BYTE));
            opened.read(SECTORS, arena.allocate(0));
            assertEquals(SECTORS, opened.sizeSectors());
        }
    }

    @Test
    void closedHandleIsRefused() throws Exception {
        final EmbeddedDevice opened = open();
        opened.close();
        opened.close();
        assertEquals(0, transport.openCount());
        assertErrno(Errno.EBADF, opened::flush);
        assertErrno(Errno.EBADF, () -> opened.read(0, MemorySegment.ofArray(new byte[SECTOR])));
    }

    /// More callers than slots, each with a part of the device of its own.
    @Test
    void manyCallersAtOnce() throws Exception {
        final int callers = 16;
        final int part = SECTORS / callers;
        final List<FutureTask<byte[]>> tasks = new ArrayList<>();
        try (EmbeddedDevice opened = open()) {
            for (int i = 0; i < callers; i++) {
                final int caller = i;
                final FutureTask<byte[]> task = new FutureTask<>(() -> {
                    final byte[] data = random(caller, part * SECTOR);
                    final byte[] back = new byte[data.length];
                    for (int at = 0; at < part; at += 16) {
                        final MemorySegment piece =
                                MemorySegment.ofArray(data).asSlice((long) at * SECTOR, 16 * SECTOR);
                        opened.write((long) caller * part + at, piece, false);
                    }
                    opened.read((long) caller * part, MemorySegment.ofArray(back));
                    return back;
                });
                tasks.add(task);
                Thread.ofPlatform().start(task);
            }
            for (int i = 0; i < callers; i++) {
                assertArrayEquals(random(i, part * SECTOR), tasks.get(i).get());
            }
        }
    }

    @Test
    void interruptedCallerGetsItsDataAndKeepsTheInterrupt() throws Exception {
        try (EmbeddedDevice opened = open()) {
            final byte[] back = new byte[SECTOR];
            Thread.currentThread().interrupt();
            opened.write(1, MemorySegment.ofArray(random(30, SECTOR)), false);
            opened.read(1, MemorySegment.ofArray(back));
            assertEquals(true, Thread.interrupted());
            assertArrayEquals(random(30, SECTOR), back);
        }
    }

    @Test
    void queueThreadAllocatesNothingPerRequest() throws Exception {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long[] queues = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("embedded-q"))
                .mapToLong(Thread::threadId)
                .toArray();
        assertEquals(OPTIONS.queues(), queues.length);
        final MemorySegment data = MemorySegment.ofArray(new byte[4096]);
        try (EmbeddedDevice opened = open()) {
            long least = Long.MAX_VALUE;
            for (int window = 0; window < 12; window++) { // the first ones warm up
                final long before =
                        LongStream.of(threads.getThreadAllocatedBytes(queues)).sum();
                for (int i = 0; i < 2000; i++) {
                    opened.write(8L * (i % 100), data, false);
                    opened.read(8L * (i % 100), data);
                }
                final long after =
                        LongStream.of(threads.getThreadAllocatedBytes(queues)).sum();
                least = Math.min(least, after - before);
            }
            assertEquals(0, least);
        }
    }
}
