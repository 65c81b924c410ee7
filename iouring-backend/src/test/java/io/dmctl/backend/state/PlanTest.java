package io.dmctl.backend.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final int LIVE = 1 << 5;
    private static final int SUSPENDED = 1 << 1;

    private final List<LiveDevice> live = new ArrayList<>();

    private static DeviceSpec spec(String name, String uuid, String table) {
        try {
            return new DeviceSpec(
                    DmName.of(name),
                    uuid.isEmpty() ? Optional.empty() : Optional.of(DmUuid.of(uuid)),
                    Engine.KERNEL,
                    false,
                    LoadOptions.DEFAULT,
                    DmTable.parse(table));
        } catch (DmTableSyntaxException e) {
            throw new IllegalArgumentException(table, e);
        }
    }

    private void there(String name, String uuid, String table, String... uses) {
        there(spec(name, uuid, table), LIVE, uses);
    }

    private void there(DeviceSpec spec, int flags, String... uses) {
        live.add(new LiveDevice(
                spec,
                new DmDeviceInfo(spec.name(), spec.uuid(), new Devno(252, live.size()), flags, 0, 0, 1),
                Set.copyOf(Stream.of(uses).map(DmName::of).toList())));
    }

    private List<String> plan(boolean prune, DeviceSpec... wanted) throws StateException {
        return Plan.of(List.of(wanted), new LiveState(live), prune).actions().stream()
                .map(PlanTest::shown)
                .toList();
    }

    private static String shown(Action action) {
        return switch (action) {
            case Action.Create c -> "create " + c.name();
            case Action.Change c -> "change " + c.name();
            case Action.Rename r -> "rename " + r.name() + " " + r.newName();
            case Action.SetUuid s -> "uuid " + s.name() + " " + s.uuid();
            case Action.Remove r -> "remove " + r.name();
        };
    }

    @Test
    void devicesAreMadeFromTheLowestUp() throws Exception {
        assertEquals(
                List.of("create z", "create m", "create a"),
                plan(
                        false,
                        spec("a", "", "0 8 linear /dev/mapper/m 0\n8 8 linear /dev/mapper/z 0"),
                        spec("m", "", "0 8 linear /dev/mapper/z 0"),
                        spec("z", "", "0 8 zero")));
    }

    @Test
    void devicesThatUseEachOtherAreRefused() {
        final StateException e = assertThrows(
                StateException.class,
                () -> plan(
                        false,
                        spec("a", "", "0 8 linear /dev/mapper/b 0"),
                        spec("b", "", "0 8 linear /dev/mapper/a 0")));
        assertEquals("a: uses itself: [a, b]", e.getMessage());
    }

    @Test
    void whatIsThereNeedsNothing() throws Exception {
        there("low", "", "0 8 zero");
        there("top", "U", "0 8 linear /dev/mapper/low 0", "low");
        there("other", "", "0 8 error");
        assertEquals(List.of(), plan(false, spec("low", "", "0 8 zero"), spec("top", "", "0 8 linear 252:0   0")));
    }

    @Test
    void anotherTableAndAnotherModeAreChanges() throws Exception {
        there("a", "", "0 8 linear 98:0 0");
        there("b", "", "0 8 zero");
        final DeviceSpec b = spec("b", "", "0 8 zero");
        assertEquals(
                List.of("change a", "change b"),
                plan(
                        false,
                        spec("a", "", "0 8 linear 98:0 8"),
                        new DeviceSpec(b.name(), b.uuid(), b.engine(), true, b.shownAs(), b.table())));
    }

    @Test
    void anOtherNameOfTheSameUuidIsARename() throws Exception {
        there("old", "U", "0 8 zero");
        there("top", "", "0 8 linear /dev/mapper/old 0", "old");
        assertEquals(
                List.of("rename old new", "uuid top V"),
                plan(false, spec("new", "U", "0 8 zero"), spec("top", "V", "0 8 linear /dev/mapper/new 0")));
    }

    /// What a kept device still uses goes when that one has its new table.
    @Test
    void prunedDevicesGoUsersFirst() throws Exception {
        there("low", "", "0 8 zero");
        there("top", "", "0 8 linear /dev/mapper/low 0", "low");
        there("base", "", "0 8 zero");
        there("kept", "", "0 8 linear /dev/mapper/base 0", "base");
        assertEquals(
                List.of("remove top", "remove low", "change kept", "remove base"),
                plan(true, spec("kept", "", "0 8 error")));
        assertEquals(List.of("change kept"), plan(false, spec("kept", "", "0 8 error")));
    }

    @Test
    void aKeyThatIsNotDescribedStays() throws Exception {
        there("c", "", "0 8 crypt aes-xts-plain64 beef 0 98:0 0");
        final DeviceSpec same = spec("c", "", "0 8 crypt aes-xts-plain64 KEY-NOT-SAVED 0 98:0 0");
        assertEquals(List.of(), plan(false, same));
        final DeviceSpec moved = spec("c", "", "0 8 crypt aes-xts-plain64 KEY-NOT-SAVED 0 98:0 8");
        final Plan plan = Plan.of(List.of(moved), new LiveState(live), false);
        assertEquals(
                "0 8 crypt aes-xts-plain64 beef 0 98:0 8\n",
                ((Action.Change) plan.actions().getFirst()).spec().table().toString());
        live.clear();
        final StateException e = assertThrows(StateException.class, () -> plan(false, same));
        assertTrue(e.remedy().contains("put the key there"), e::remedy);
    }

    @Test
    void whatCannotChangeIsRefused() {
        there("engine", "", "0 8 zero");
        there("uuid", "U", "0 8 zero");
        there(spec("suspended", "", "0 8 zero"), LIVE | SUSPENDED);
        final DeviceSpec k = spec("engine", "", "0 8 zero");
        final DeviceSpec j = new DeviceSpec(k.name(), k.uuid(), Engine.JAVA, false, k.shownAs(), k.table());
        assertThrows(StateException.class, () -> plan(false, j));
        assertThrows(StateException.class, () -> plan(false, spec("uuid", "V", "0 8 zero")));
        assertThrows(StateException.class, () -> plan(false, spec("suspended", "", "0 8 error")));
    }
}
