package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.dm.Dm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A newer kernel header with a command or a flag that no task has must not go unseen.
class DmHeaderTest {
    private static final DmId ID = DmId.of(DmName.of("d"));

    /// One of each, with every option on.
    private static final List<DmTask<?>> TASKS = List.of(
            new DmTask.Version(),
            new DmTask.RemoveAll(true),
            new DmTask.ListDevices(true),
            new DmTask.ListVersions(),
            new DmTask.GetTargetVersion("linear"),
            new DmTask.DevCreate(DmName.of("d"), Optional.of(DmUuid.of("u")), OptionalInt.of(1)),
            new DmTask.DevRemove(ID, true),
            new DmTask.DevRename(DmName.of("d"), DmName.of("e")),
            new DmTask.DevSetUuid(DmName.of("d"), DmUuid.of("u")),
            new DmTask.DevSuspend(ID, true, true),
            new DmTask.DevResume(ID, true, true),
            new DmTask.DevStatus(ID, true),
            new DmTask.DevWait(ID, 1, true),
            new DmTask.TableLoad(ID, new DmTable(List.of()), true),
            new DmTask.TableClear(ID),
            new DmTask.TableDeps(ID, true),
            new DmTask.TableStatus(ID, Kind.TABLE, true, true),
            new DmTask.TableStatus(ID, Kind.IMA, true, true),
            new DmTask.TargetMessage(ID, 0, "m"),
            new DmTask.SetGeometry(ID, 1, 1, 1, 0),
            new DmTask.DevArmPoll(),
            new DmTask.WithCookie<>(new DmTask.DevRemove(ID, false), 1),
            new DmTask.QueryInactive<>(new DmTask.DevResume(ID, false, false)));

    /// What only replies have, and who reads it.
    private static final Set<String> IN_REPLIES = Set.of(
            "DM_ACTIVE_PRESENT_FLAG", // DmDeviceInfo
            "DM_INACTIVE_PRESENT_FLAG", // DmDeviceInfo
            "DM_INTERNAL_SUSPEND_FLAG", // DmDeviceInfo
            "DM_UEVENT_GENERATED_FLAG", // DmAck
            "DM_DATA_OUT_FLAG", // DmReplyReader.dataOut
            "DM_BUFFER_FULL_FLAG"); // DmCodec.bufferFull

    /// What no task has, and why.
    private static final Set<String> LEFT_OUT = Set.of(
            "DM_SKIP_BDGET_FLAG", // the kernel ignores it
            "DM_MPATH_PROBE_PATHS_CMD"); // PathProbe: it goes to the mapped device, not to the control node

    @Test
    void everyKindOfTaskIsHere() {
        assertEquals(
                leaves(DmTask.class).collect(Collectors.toSet()),
                TASKS.stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(DmHeaderTest::leaves)
                : Stream.of(type);
    }

    @Test
    void everyCommandHasATask() throws ReflectiveOperationException {
        final Set<Integer> handled = new HashSet<>();
        TASKS.forEach(task -> handled.add(task.command().nr()));
        final Set<String> without = new TreeSet<>();
        constants("_CMD").forEach((name, nr) -> {
            if (!handled.contains(nr)) {
                without.add(name);
            }
        });
        assertEquals(leftOut("_CMD"), without);
        assertEquals(DmCommand.values().length, handled.size());
    }

    @Test
    void everyFlagIsSentOrRead() throws ReflectiveOperationException {
        int sent = 0;
        try (Arena arena = Arena.ofConfined()) {
            for (DmTask<?> task : TASKS) {
                final MemorySegment buffer = arena.allocate(DmCodec.requestBytes(task) + 64, Long.BYTES);
                DmCodec.encode(task, buffer);
                sent |= DmStructs.Ioctl.flags(buffer);
            }
        }
        final Set<String> neither = new TreeSet<>();
        final Map<String, Integer> flags = constants("_FLAG");
        flags.put("DM_DEFERRED_REMOVE", Dm.DM_DEFERRED_REMOVE());
        for (Map.Entry<String, Integer> flag : flags.entrySet()) {
            // A bit of an entry of the list, not of the header.
            final boolean ofList = flag.getKey().startsWith("DM_NAME_LIST_FLAG");
            if (!ofList && (sent & flag.getValue()) == 0 && !IN_REPLIES.contains(flag.getKey())) {
                neither.add(flag.getKey());
            }
        }
        assertEquals(leftOut("_FLAG"), neither);
    }

    private static Set<String> leftOut(String suffix) {
        return LEFT_OUT.stream().filter(name -> name.endsWith(suffix)).collect(Collectors.toSet());
    }

    private static Map<String, Integer> constants(String suffix) throws ReflectiveOperationException {
        final Map<String, Integer> constants = new TreeMap<>();
        for (Method method : Dm.class.getMethods()) {
            if (method.getName().startsWith("DM_") && method.getName().endsWith(suffix)) {
                constants.put(method.getName(), (Integer) method.invoke(null));
            }
        }
        return constants;
    }
}
