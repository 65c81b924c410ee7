package io.dmctl.backend.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Devno;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final int SUSPENDED = 1 << 1;

    private final Changes changes = new Changes(List.of(50, 80));

    private static DeviceView view(String name, int minor, int flags, int eventNr, String table, String status) {
        return new DeviceView(
                Engine.KERNEL,
                new DmDeviceInfo(
                        DmName.of(name), Optional.<DmUuid>empty(), new Devno(252, minor), flags, 0, eventNr, 1),
                List.of(new DmStatusLine(0, 8, "linear", table)),
                List.of(new DmStatusLine(0, 8, "snapshot", status)));
    }

    private static Map<DmName, DeviceView> all(DeviceView... views) {
        final Map<DmName, DeviceView> all = new LinkedHashMap<>();
        for (DeviceView view : views) {
            all.put(view.name(), view);
        }
        return all;
    }

    private List<String> between(Map<DmName, DeviceView> before, Map<DmName, DeviceView> after) {
        return changes.between(before, after).stream()
                .map(e -> (e.kind() + " " + e.name() + " " + e.detail()).strip())
                .toList();
    }

    @Test
    void eachKindIsTold() {
        final DeviceView a = view("a", 0, 0, 1, "8:0 0", "");
        assertEquals(List.of("CREATED a"), between(all(), all(a)));
        assertEquals(List.of(), between(all(a), all(a)));
        assertEquals(List.of("TABLE a"), between(all(a), all(view("a", 0, 0, 1, "8:0 8", ""))));
        assertEquals(List.of("SUSPENDED a"), between(all(a), all(view("a", 0, SUSPENDED, 1, "8:0 0", ""))));
        assertEquals(List.of("RESUMED a"), between(all(view("a", 0, SUSPENDED, 1, "8:0 0", "")), all(a)));
        assertEquals(
                List.of("EVENT a 0 8 snapshot Invalid"), between(all(a), all(view("a", 0, 0, 2, "8:0 0", "Invalid"))));
        assertEquals(List.of("RENAMED b a"), between(all(a), all(view("b", 0, 0, 2, "8:0 0", ""))));
        assertEquals(List.of("CREATED b", "REMOVED a"), between(all(a), all(view("b", 1, 0, 0, "8:0 0", ""))));
    }

    @Test
    void aThresholdIsToldWhenItIsReachedAndAgainAfterItWasLeft() {
        final Map<DmName, DeviceView> low = all(view("a", 0, 0, 1, "8:0 0", "4/10 1"));
        final Map<DmName, DeviceView> half = all(view("a", 0, 0, 1, "8:0 0", "5/10 1"));
        final Map<DmName, DeviceView> full = all(view("a", 0, 0, 1, "8:0 0", "9/10 1"));
        assertEquals(List.of(), between(low, low));
        assertEquals(List.of("THRESHOLD a store 50% (5/10) reached 50%"), between(low, half));
        assertEquals(List.of(), between(half, half));
        assertEquals(List.of("THRESHOLD a store 90% (9/10) reached 80%"), between(half, full));
        assertEquals(List.of(), between(full, low));
        assertEquals(List.of("THRESHOLD a store 90% (9/10) reached 80%"), between(low, full));
    }
}
