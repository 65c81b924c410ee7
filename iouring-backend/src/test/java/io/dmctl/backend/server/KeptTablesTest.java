package io.dmctl.backend.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.TableState;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.TargetRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a server writes down of its tables.
class KeptTablesTest {
    private static final TargetRegistry TYPES = TargetRegistry.load();
    private static final DmTableLine CRYPT =
            new DmTableLine(0, 8, "crypt", "aes-xts-plain64 00112233445566778899aabbccddeeff 0 /dev/sda 0");

    @Test
    void deviceWordsLeadToTheSameDeviceFromAnywhere() {
        final List<DmTableLine> table = List.of(
                new DmTableLine(0, 8, "linear", "disk\\ 1.img 16"), new DmTableLine(8, 8, "striped", "1 8 ../b 0"));
        final Map<String, String> names = Map.of("disk 1.img", "/tmp/disk\\ 1.img", "../b", "8:16");
        assertEquals(
                Optional.of(new TableState(
                        3,
                        false,
                        List.of(
                                new DmTableLine(0, 8, "linear", "/tmp/disk\\ 1.img 16"),
                                new DmTableLine(8, 8, "striped", "1 8 8:16 0")))),
                KeptTables.of(TYPES, table, 3, false, names));
    }

    @Test
    void aTableWithAKeyIsNotWrittenDown() {
        assertEquals(Optional.empty(), KeptTables.of(TYPES, List.of(CRYPT), 1, false, Map.of()));
    }

    @Test
    void aTableWithAKeyCannotSurviveItsServer() throws DmProtocolException {
        KeptTables.requireRecoverable(TYPES, List.of(CRYPT), "none");
        final DmProtocolException e = assertThrows(
                DmProtocolException.class, () -> KeptTables.requireRecoverable(TYPES, List.of(CRYPT), "reissue"));
        assertEquals(Errno.EOPNOTSUPP, e.errno());
        assertTrue(String.valueOf(e.getMessage()).contains("key"), e.getMessage());
        assertTrue(!String.valueOf(e.getMessage()).contains("00112233"), e.getMessage());
    }
}
