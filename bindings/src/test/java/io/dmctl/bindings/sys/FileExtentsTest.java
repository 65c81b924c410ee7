package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileExtentsTest {
    private static final int PARTS = 150;
    private static final long STEP_BYTES = 1 << 16;
    private static final int PART_BYTES = 1 << 12;

    @TempDir
    Path folder;

    /// More parts than one call of the kernel answers here.
    @Test
    void everyPartOfAFileIsTold() throws IOException {
        final Path path = folder.resolve("parts");
        final List<Long> written = new ArrayList<>();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            for (int i = 0; i < PARTS; i++) {
                file.seek(i * STEP_BYTES);
                file.write(new byte[PART_BYTES]);
                written.add(i * STEP_BYTES);
            }
        }
        assertEquals(written, of(path).stream().map(FileExtents.Extent::logical).toList());
    }

    @Test
    void anEmptyFileHasNone() throws IOException {
        final Path path = folder.resolve("empty");
        new RandomAccessFile(path.toFile(), "rw").close();
        assertEquals(List.of(), of(path));
    }

    private static List<FileExtents.Extent> of(Path path) throws ErrnoException {
        try (Fd file = Fd.open(path.toString(), OpenFlags.RDONLY)) {
            return FileExtents.of(file.number());
        } catch (ErrnoException e) {
            assumeTrue(e.errno() != Errno.EOPNOTSUPP, "the file system tells no extents");
            throw e;
        }
    }
}
