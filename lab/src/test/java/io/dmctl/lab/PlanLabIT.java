package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.state.Action;
import io.dmctl.backend.state.Apply;
import io.dmctl.backend.state.ApplyException;
import io.dmctl.backend.state.LiveState;
import io.dmctl.backend.state.Plan;
import io.dmctl.backend.state.TableFiles;
import io.dmctl.bindings.control.DmNodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Devices of both engines as files: saved, compared, made again.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class PlanLabIT {
    private static final String LOW = "z_low_dmctl_test_delme";
    private static final String TOP = "a_top_dmctl_test_delme";

    private final Devices devices = new Devices();

    @TempDir
    Path folder;

    /// As `apply --prune` of an empty folder does it.
    @AfterEach
    void clean() throws Exception {
        final Path empty = Files.createDirectories(folder.resolve("empty"));
        apply(empty, true);
        devices.close();
        Remains.requireNone();
    }

    private Plan plan(Path from, boolean prune) throws Exception {
        return Plan.of(TableFiles.read(from), LiveState.read(devices.engines()), prune);
    }

    private List<String> apply(Path from, boolean prune) throws Exception {
        final List<String> done = new ArrayList<>();
        new Apply(devices.engines(), DmNodes.system())
                .run(plan(from, prune), a -> done.add(a.getClass().getSimpleName() + " " + a.name()));
        return done;
    }

    private void save(boolean keys) throws Exception {
        TableFiles.write(folder, LiveState.read(devices.engines()).describe(keys), true);
    }

    private Path file(String name) {
        return folder.resolve(name + ".table");
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(file(name), text);
    }

    private void stack(Engine engine) throws Exception {
        final LoadOptions how = engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT;
        devices.create(engine, LOW, "0 8192 linear /dev/ubda 0", how);
        devices.create(engine, TOP, "0 4096 linear /dev/mapper/" + LOW + " 0\n4096 4096 zero", how);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void whatWasSavedIsMadeAgain(Engine engine) throws Exception {
        stack(engine);
        save(false);
        assertEquals(List.of(), plan(folder, true).actions());
        final String saved = Files.readString(file(TOP));
        assertTrue(saved.contains("linear /dev/mapper/" + LOW + " 0\n"), saved);
        assertTrue(Files.readString(file(LOW)).contains("linear /dev/ubda 0\n"), saved);
        apply(Files.createDirectories(folder.resolve("empty")), true);
        assertEquals(List.of("Create " + LOW, "Create " + TOP), apply(folder, true));
        assertEquals(List.of(), apply(folder, true));
        save(false);
        assertEquals(saved, Files.readString(file(TOP)));
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aChangeIsMadeWithoutTakingTheDeviceAway(Engine engine) throws Exception {
        stack(engine);
        save(false);
        write(LOW, Files.readString(file(LOW)).replace("/dev/ubda 0", "/dev/ubdb 8"));
        assertEquals(List.of("Change " + LOW), apply(folder, true));
        assertTrue(devices.tableText(engine, LOW).matches("0 8192 linear 98:16 8"), devices.tableText(engine, LOW));
        assertEquals(List.of(), apply(folder, true));
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aNameGetsItsTableLater(Engine engine) throws Exception {
        final String word = "#: engine " + engine.word() + "\n";
        write(LOW, word);
        assertEquals(List.of("Create " + LOW), apply(folder, true));
        assertFalse(devices.info(engine, LOW).liveTable());
        assertEquals(List.of(), apply(folder, true));
        write(LOW, word + "0 8 zero\n");
        assertEquals(List.of("Change " + LOW), apply(folder, true));
        assertTrue(devices.info(engine, LOW).liveTable());
        assertEquals(List.of(), apply(folder, true));
    }

    /// Only the engine knows that the order of these words says nothing.
    @ParameterizedTest
    @EnumSource(Engine.class)
    void theSameInOtherWordsChangesNothing(Engine engine) throws Exception {
        write(LOW, "#: engine " + engine.word() + "\n0 8192 flakey /dev/ubda 0 10 0 2 drop_writes error_reads\n");
        assertEquals(List.of("Create " + LOW), apply(folder, false));
        assertEquals(1, plan(folder, false).actions().size());
        assertEquals(List.of(), apply(folder, false));
        assertFalse(devices.info(engine, LOW).inactiveTable());
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void theSameUuidUnderAnotherNameIsRenamed(Engine engine) throws Exception {
        stack(engine);
        final String renamed = "m_new_dmctl_test_delme";
        save(false);
        final String word = "#: engine " + engine.word() + "\n";
        write(LOW, Files.readString(file(LOW)).replace(word, word + "#: uuid TEST-1\n"));
        assertEquals(List.of("SetUuid " + LOW), apply(folder, true));
        Files.move(file(LOW), file(renamed));
        write(TOP, Files.readString(file(TOP)).replace(LOW, renamed));
        assertEquals(List.of("Rename " + LOW), apply(folder, true));
        assertTrue(Files.exists(Path.of("/dev/mapper", renamed)));
        assertFalse(Files.exists(Path.of("/dev/mapper", LOW)));
        assertEquals(List.of(), apply(folder, true));
    }

    /// The step that fails leaves nothing, those behind it are not begun, and the next apply goes on.
    @ParameterizedTest
    @EnumSource(Engine.class)
    void aFailureLeavesNothingHalfMade(Engine engine) throws Exception {
        final String word = "#: engine " + engine.word() + "\n";
        write(LOW, word + "0 8192 linear /dev/ubda 0\n");
        write("m_bad_dmctl_test_delme", word + "0 8 linear /dev/mapper/" + LOW + "\n");
        write("n_top_dmctl_test_delme", word + "0 8 linear /dev/mapper/m_bad_dmctl_test_delme 0\n");
        final ApplyException e = assertThrows(ApplyException.class, () -> apply(folder, false));
        assertEquals(LOW, names(e.done()));
        assertEquals("m_bad_dmctl_test_delme", e.failed().name().toString());
        assertEquals("n_top_dmctl_test_delme", names(e.notDone()));
        assertTrue(devices.engines().find(Devices.id("m_bad_dmctl_test_delme")).isEmpty());
        write("m_bad_dmctl_test_delme", word + "0 8 linear /dev/mapper/" + LOW + " 0\n");
        assertEquals(List.of("Create m_bad_dmctl_test_delme", "Create n_top_dmctl_test_delme"), apply(folder, false));
    }

    /// A device made, one changed, one renamed with its uuid, one removed: then a step fails, and all come back.
    @ParameterizedTest
    @EnumSource(Engine.class)
    void stepsAreTakenBack(Engine engine) throws Exception {
        final String word = "#: engine " + engine.word() + "\n";
        final String named = word + "#: uuid TEST-2\n0 8 zero\n";
        stack(engine);
        write("r_dmctl_test_delme", named);
        write("x_dmctl_test_delme", word + "0 16 linear /dev/ubdb 0\n");
        apply(folder, false);
        save(false);
        final List<String> files = List.of(LOW, TOP, "r_dmctl_test_delme", "x_dmctl_test_delme");
        final Path wanted = Files.createDirectories(folder.resolve("wanted"));
        for (String name : List.of(LOW, TOP)) {
            Files.copy(file(name), wanted.resolve(name + ".table"));
        }
        Files.writeString(wanted.resolve(LOW + ".table"), word + "0 8192 linear /dev/ubda 8\n");
        Files.writeString(wanted.resolve("s_dmctl_test_delme.table"), named);
        Files.writeString(
                wanted.resolve("t_dmctl_test_delme.table"), word + "0 8 linear /dev/mapper/s_dmctl_test_delme 0\n");
        Files.writeString(wanted.resolve("zz_bad_dmctl_test_delme.table"), word + "0 8 linear /dev/ubdb\n");
        final ApplyException e = assertThrows(ApplyException.class, () -> apply(wanted, true));
        assertEquals("zz_bad_dmctl_test_delme", e.failed().name().toString());
        assertEquals(
                Set.of("Create", "Change", "Remove", "Rename"),
                e.done().stream().map(a -> a.getClass().getSimpleName()).collect(Collectors.toSet()));
        final List<Action> undone = new ArrayList<>();
        assertEquals(Map.of(), new Apply(devices.engines(), DmNodes.system()).undo(e.done(), undone::add));
        assertEquals(4, undone.size());
        for (String name : files) {
            final String before = Files.readString(file(name));
            save(false);
            assertEquals(before, Files.readString(file(name)));
        }
        assertEquals(List.of(), plan(folder, true).actions());
    }

    private static String names(List<Action> actions) {
        return actions.stream().map(a -> a.name().toString()).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aKeyIsSavedOnlyWhenAskedFor(Engine engine) throws Exception {
        final String key = "deadbeef".repeat(8);
        devices.create(
                engine,
                LOW,
                "0 8192 crypt aes-xts-plain64 " + key + " 0 /dev/ubda 0",
                engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
        save(false);
        assertFalse(Files.readString(file(LOW)).contains("deadbeef"));
        assertEquals(List.of(), plan(folder, true).actions());
        write(LOW, Files.readString(file(LOW)).replace("/dev/ubda 0", "/dev/ubdb 0"));
        assertEquals(List.of("Change " + LOW), apply(folder, true));
        assertTrue(devices.tableText(engine, LOW).contains(key));
        save(true);
        assertTrue(Files.readString(file(LOW)).contains(key));
    }

    @Test
    void theCommands() throws Exception {
        stack(Engine.KERNEL);
        Guest.dmctl("save", folder.toString()).ok();
        assertEquals("", Guest.dmctl("diff", "--prune", folder.toString()).ok());
        write(TOP, "0 4096 linear /dev/mapper/" + LOW + " 0\n");
        final Guest.Result diff = Guest.dmctl("diff", folder.toString());
        assertEquals(10, diff.exitCode(), diff::toString);
        assertEquals(
                "change " + TOP + " (kernel)\n- 0 4096 linear /dev/mapper/" + LOW + " 0\n- 4096 4096 zero\n"
                        + "+ 0 4096 linear /dev/mapper/" + LOW + " 0\n",
                diff.out());
        final String plan = "kernel DM_TABLE_LOAD " + TOP + "\n    0 4096 linear /dev/mapper/" + LOW + " 0\n"
                + "kernel DM_DEV_SUSPEND " + TOP + " resume\n";
        assertEquals(plan, Guest.dmctl("plan", folder.toString()).ok());
        assertEquals(plan, Guest.dmctl("apply", "--dry-run", folder.toString()).ok());
        assertEquals(
                "change " + TOP + "\n", Guest.dmctl("apply", folder.toString()).ok());
        assertEquals("", Guest.dmctl("apply", folder.toString()).ok());
        write(TOP, "0 8 linear /dev/mapper/" + LOW + "\n");
        final Guest.Result bad = Guest.dmctl("apply", "--json", folder.toString());
        assertEquals(6, bad.exitCode(), bad::toString);
        assertTrue(bad.out().contains("\"done\":[],\"failed\":[{\"action\":\"change\""), bad::toString);
        assertTrue(bad.err().contains("change " + TOP + ": " + TOP + ": "), bad::toString);
        final Guest.Result restore = Guest.dmctl("restore", folder.toString());
        assertEquals(10, restore.exitCode(), restore::toString);
    }
}
