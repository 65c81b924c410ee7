package io.dmctl.backend.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmUuid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableFilesTest {
    @TempDir
    Path folder;

    private static DeviceSpec java(String name, String table) throws Exception {
        return new DeviceSpec(
                DmName.mangle(name),
                Optional.of(DmUuid.of("A-" + name.length())),
                Engine.JAVA,
                true,
                new LoadOptions("nbd", 2, 64, "g", "queue", "get-data", "/a.jar:/b")
                        .withThreads(3, "spin-then-block:20", "none")
                        .withShmem("/dev/shm/m"),
                DmTable.parse(table));
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() throws Exception {
        final List<DeviceSpec> specs = List.of(
                java("a b", "0 8 linear /dev/mapper/x#y 0\n8 8 zero"),
                DeviceSpec.ofKernel(DmName.of("k"), DmTable.parse("0 8 error")),
                DeviceSpec.ofKernel(DmName.of("none"), new DmTable(List.of())));
        TableFiles.write(folder, specs, false);
        assertEquals(specs, TableFiles.read(folder));
        assertEquals(List.of(specs.get(1)), TableFiles.read(folder.resolve("k.table")));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("k.table"))));
    }

    @Test
    void aFolderWithTablesIsReplacedOnlyOnRequest() throws Exception {
        TableFiles.write(folder, List.of(java("old", "0 8 zero")), false);
        Files.writeString(folder.resolve("README"), "mine");
        final List<DeviceSpec> next = List.of(java("new", "0 8 zero"));
        assertThrows(StateException.class, () -> TableFiles.write(folder, next, false));
        TableFiles.write(folder, next, true);
        assertEquals(next, TableFiles.read(folder));
        assertTrue(Files.exists(folder.resolve("README")));
    }

    @Test
    void aDeviceThatAFileCannotSayIsRefusedBeforeAnythingIsWritten() throws Exception {
        final DeviceSpec odd = new DeviceSpec(
                DmName.of("d"),
                Optional.of(DmUuid.of("two\nlines")),
                Engine.KERNEL,
                false,
                LoadOptions.DEFAULT,
                DmTable.parse("0 8 zero"));
        final Path none = folder.resolve("none");
        assertThrows(StateException.class, () -> TableFiles.write(none, List.of(odd), false));
        assertFalse(Files.exists(none));
    }

    @Test
    void aUuidIsOneDevices() throws Exception {
        Files.writeString(folder.resolve("a.table"), "#: uuid U\n0 8 zero\n");
        Files.writeString(folder.resolve("b.table"), "#: uuid U\n0 8 zero\n");
        final StateException e = assertThrows(StateException.class, () -> TableFiles.read(folder));
        assertTrue(String.valueOf(e.getMessage()).contains("b.table: U is that of "), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "0 8                        | d.table: table: line 1",
                "#: colour red\\n0 8 zero   | d.table: line 1: unknown word 'colour'",
                "# x\\n#: engine gpu        | d.table: line 2: engine must be one of kernel, java, was 'gpu'",
                "#: uuid                    | d.table: line 1: uuid needs a value",
                "#: read-only yes\\n#: read-only no | d.table: line 2: read-only is given twice",
                "#: engine java\\n#: depth 0 | d.table: line 2: depth must be a number in 1..4096, was '0'",
                "#: transport nbd\\n0 8 zero | d.table: transport is for the Java engine",
            })
    void whatIsWrongIsTold(String text, String told) throws Exception {
        final Path file =
                Files.writeString(folder.resolve("d.table"), text.strip().replace("\\n", "\n") + "\n");
        final StateException e = assertThrows(StateException.class, () -> TableFiles.read(file));
        assertTrue(String.valueOf(e.getMessage()).contains(told.strip()), e::getMessage);
    }

    @Test
    void keysAreLeftOut() throws Exception {
        final DeviceSpec crypt =
                DeviceSpec.ofKernel(DmName.of("c"), DmTable.parse("0 8 crypt aes-xts-plain64 beef 0 8:16 0"));
        assertEquals(
                "0 8 crypt aes-xts-plain64 KEY-NOT-SAVED 0 8:16 0\n",
                crypt.withoutKeys().table().toString());
    }
}
