package io.dmctl.backend.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    Path dir;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        final TableState live = new TableState(
                12, true, List.of(new DmTableLine(-1, Long.MAX_VALUE, "linear", "/tmp/a\\ \"b\"\u00fc 0")));
        final List<DeviceState> states = List.of(
                new DeviceState(
                        DmName.of("a"),
                        Optional.of(DmUuid.of("LVM-1")),
                        new LoadOptions("ublk", 2, 64, "", "reissue")
                                .withIoMode("zero-copy")
                                .withThreads(3, "spin", "none")
                                .withShmem("/dev/shm/a b"),
                        7,
                        0x1_0000_0001L,
                        true,
                        Optional.of(live),
                        Optional.of(new TableState(0, false, List.of()))),
                new DeviceState(
                        DmName.of("b"),
                        Optional.empty(),
                        LoadOptions.DEFAULT,
                        -1,
                        0,
                        false,
                        Optional.empty(),
                        Optional.empty()));
        StateFile.write(dir, states);
        assertEquals(states, StateFile.read(dir));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("state"))));
        StateFile.write(dir, List.of());
        assertEquals(List.of(), StateFile.read(dir));
    }

    @Test
    void nothingIsReadWhereNothingWasWritten() throws IOException {
        assertEquals(List.of(), StateFile.read(dir));
    }

    @Test
    void whatIsNoStateIsRefusedByName() throws IOException {
        for (String text :
                List.of("{\"schema\":2,\"devices\":[]}", "{\"schema\":1}", "[]", "{\"schema\":1,\"devices\":[{}]}")) {
            Files.writeString(dir.resolve("state"), text);
            final IOException e = assertThrows(IOException.class, () -> StateFile.read(dir), text);
            assertTrue(
                    String.valueOf(e.getMessage()).contains(dir.resolve("state").toString()), e.getMessage());
        }
    }
}
