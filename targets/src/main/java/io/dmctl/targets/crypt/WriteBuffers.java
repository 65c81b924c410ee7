package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.Data;
import io.dmctl.targets.spi.HotPath;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Memory of one thread that WRITEs are encrypted to: pages, given out in runs of up to 64 that lie in a row.
@HotPath
final class WriteBuffers {
    static final int PAGE_SHIFT = 12;
    private static final int PAGES_A_WORD = Long.SIZE;
    /// 1 MiB, as the kernel's reserve: 8 writes of the largest size at once, or 256 of a page.
    private static final int WORDS = 4;

    final MemorySegment memory;
    final Data data;
    /// A bit a page, set when it is free.
    private final long[] free = new long[WORDS];

    WriteBuffers(Arena arena) {
        memory = arena.allocate(((long) WORDS * PAGES_A_WORD) << PAGE_SHIFT, 1L << PAGE_SHIFT);
        data = Data.of(memory);
        Arrays.fill(free, -1L);
    }

    static int pages(long bytes) {
        return (int) ((bytes + (1L << PAGE_SHIFT) - 1) >>> PAGE_SHIFT);
    }

    /// The first of `pages` pages in a row, -1 when there are not so many.
    int take(int pages) {
        for (int word = 0; word < WORDS; word++) {
            final long starts = runs(free[word], pages);
            if (starts != 0) {
                final int at = Long.numberOfTrailingZeros(starts);
                free[word] &= ~mask(at, pages);
                return word * PAGES_A_WORD + at;
            }
        }
        return -1;
    }

    void give(int page, int pages) {
        free[page / PAGES_A_WORD] |= mask(page % PAGES_A_WORD, pages);
    }

    private static long mask(int at, int pages) {
        return -1L >>> (PAGES_A_WORD - pages) << at;
    }

    /// The bits of `free` where `pages` set ones begin.
    private static long runs(long free, int pages) {
        long starts = free;
        int have = 1;
        while (have < pages && starts != 0) {
            final int more = Math.min(have, pages - have);
            starts &= starts >>> more;
            have += more;
        }
        return starts;
    }
}
