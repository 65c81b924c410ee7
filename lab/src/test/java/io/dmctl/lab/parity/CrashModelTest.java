package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What T5 takes for a loss and what it does not.
class CrashModelTest {
    private static final int SECTORS = 16;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment found = arena.allocate(SECTORS << BlockIo.SECTOR_SHIFT, 8);
    private CrashModel model = new CrashModel(arena.allocate(0));

    @BeforeEach
    void oneFlushedWriteAndOneAfterIt() {
        final MemorySegment initial = arena.allocate(SECTORS << BlockIo.SECTOR_SHIFT, 8);
        Patterns.fill(initial, 3);
        model = new CrashModel(initial);
        found.copyFrom(initial);
        model.add(write(2, 4, 5));
        model.flushed();
        model.add(write(4, 8, 7));
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private static Op write(long sector, int sectors, long seed) {
        return new Op(Op.Kind.WRITE, Side.MAIN, sector, sectors, seed);
    }

    private void apply(Op op, int sectors) {
        final MemorySegment bytes = arena.allocate((long) op.sectors() << BlockIo.SECTOR_SHIFT, 8);
        op.fill(bytes);
        MemorySegment.copy(
                bytes, 0, found, op.sector() << BlockIo.SECTOR_SHIFT, (long) sectors << BlockIo.SECTOR_SHIFT);
    }

    @Test
    void nothingIsLostBeforeTheFlush() {
        assertEquals(-1, model.firstWrong(found, 0, arena));
    }

    @Test
    void flushedWriteThatIsNotThereIsLost() {
        assertEquals(2, model.firstWrong(found, 1, arena));
    }

    @Test
    void laterWriteMayBeThereInPart() {
        apply(write(2, 4, 5), 4);
        assertEquals(-1, model.firstWrong(found, 1, arena));
        apply(write(4, 8, 7), 3);
        assertEquals(-1, model.firstWrong(found, 1, arena));
    }

    @Test
    void bytesThatNobodyWroteAreWrong() {
        apply(write(2, 4, 5), 4);
        apply(write(9, 1, 11), 1);
        assertEquals(9, model.firstWrong(found, 1, arena));
    }
}
