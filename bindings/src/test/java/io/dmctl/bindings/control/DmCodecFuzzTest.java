package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Devno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Damaged requests and replies end in the declared exception and in nothing else. Buffers are exactly as large as
/// they say, so a read outside of one throws what is not declared.
class DmCodecFuzzTest {
    private static final int ROUNDS = 60_000;
    private static final DmId ID = DmId.of(DmName.of("d0"));

    private static List<DmTask<?>> tasks() throws DmTableSyntaxException {
        return List.of(
                new DmTask.Version(),
                new DmTask.RemoveAll(true),
                new DmTask.ListDevices(true),
                new DmTask.ListVersions(),
                new DmTask.GetTargetVersion("linear"),
                new DmTask.DevCreate(DmName.of("d0"), Optional.of(DmUuid.of("U")), OptionalInt.of(1)),
                new DmTask.DevRemove(ID, false),
                new DmTask.DevRename(DmName.of("d0"), DmName.of("d1")),
                new DmTask.DevSetUuid(DmName.of("d0"), DmUuid.of("U")),
                new DmTask.DevStatus(ID, true),
                new DmTask.DevWait(ID, 1, true),
                new DmTask.TableLoad(ID, DmTable.parse("0 8 linear 98:0 0\n8 8 zero\n16 8 error"), false),
                new DmTask.TableDeps(ID, false),
                new DmTask.QueryInactive<>(new DmTask.DevResume(ID, false, false)),
                new DmTask.TableStatus(ID, DmTask.TableStatus.Kind.INFO, false, false),
                new DmTask.TargetMessage(ID, 0, "a b c"),
                new DmTask.SetGeometry(ID, 1, 2, 3, 4));
    }

    private static void damage(Random random, MemorySegment b) {
        for (int n = random.nextInt(4); n >= 0; n--) {
            final long words = b.byteSize() / Integer.BYTES;
            // Half of the damage hits the sizes and offsets of the header, the rest anything.
            final long at = random.nextBoolean() ? random.nextInt(12) : random.nextLong(words);
            final int value = switch (random.nextInt(4)) {
                case 0 -> random.nextInt();
                case 1 -> random.nextInt(1024);
                case 2 -> random.nextInt(64) - 32 + (int) b.byteSize();
                default -> b.get(ValueLayout.JAVA_INT, at * Integer.BYTES) ^ (1 << random.nextInt(32));
            };
            b.set(ValueLayout.JAVA_INT, at * Integer.BYTES, value);
        }
    }

    private static void serve(DmRequest request) throws DmProtocolException {
        final DmDeviceInfo info = new DmDeviceInfo(DmName.of("d0"), Optional.empty(), new Devno(1, 1), 0, 0, 0, 1);
        switch (request.command()) {
            case DEV_CREATE -> {
                request.name();
                request.uuid();
                request.minor();
            }
            case DEV_RENAME -> {
                request.name();
                request.newName();
                request.newUuid();
            }
            case TABLE_LOAD -> request.table();
            case TARGET_MSG -> request.message();
            case DEV_SET_GEOMETRY -> request.geometry();
            case LIST_DEVICES, LIST_VERSIONS, GET_TARGET_VERSION, VERSION, REMOVE_ALL -> request.targetType();
            case DEV_REMOVE, DEV_SUSPEND, DEV_STATUS, DEV_WAIT, TABLE_CLEAR, TABLE_DEPS, TABLE_STATUS, DEV_ARM_POLL ->
                request.id();
        }
        final DmReplyWriter reply = new DmReplyWriter(request);
        switch (request.command()) {
            case LIST_DEVICES ->
                reply.devices(
                        List.of(new DmListedDevice(DmName.of("d0"), new Devno(1, 1), 0, Optional.of(DmUuid.of("U")))));
            case LIST_VERSIONS, GET_TARGET_VERSION ->
                reply.versions(List.of(new DmTargetVersion("linear", new DmVersion(1, 2, 3))));
            case DEV_WAIT, TABLE_STATUS -> reply.info(info).status(List.of(new DmStatusLine(0, 8, "linear", "x")));
            case TABLE_DEPS -> reply.info(info).deps(List.of(new Devno(1, 2)));
            case TARGET_MSG -> reply.info(info).dataOut("text");
            case VERSION, REMOVE_ALL -> reply.nothing();
            default -> reply.info(info);
        }
        assertTrue(reply.replyBytes() <= request.buffer().byteSize());
    }

    @Test
    void damagedRequestsAndRepliesEndInTheDeclaredError() throws Exception {
        final long seed = Long.getLong("dmctl.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        final List<DmTask<?>> tasks = tasks();
        int refusedRequests = 0;
        int refusedReplies = 0;
        int round = 0;
        try {
            while (round++ < ROUNDS) {
                final DmTask<?> task = tasks.get(random.nextInt(tasks.size()));
                try (Arena arena = Arena.ofConfined()) {
                    final MemorySegment b = arena.allocate(DmCodec.requestBytes(task) + random.nextInt(100), 8);
                    DmCodec.encode(task, b);
                    if (random.nextBoolean()) {
                        damage(random, b);
                    }
                    refusedRequests += request(task, b) ? 0 : 1;
                    damage(random, b);
                    refusedReplies += reply(task, b) ? 0 : 1;
                }
            }
        } catch (RuntimeException | Error e) {
            throw new AssertionError("-Ddmctl.test.seed=" + seed + ", round " + round, e);
        }
        assertTrue(refusedRequests > ROUNDS / 20, "the damage hits requests: " + refusedRequests);
        assertTrue(refusedReplies > ROUNDS / 50, "the damage hits replies: " + refusedReplies);
    }

    private static boolean request(DmTask<?> task, MemorySegment b) {
        try {
            serve(DmRequest.decode(task.command().nr(), b));
            return true;
        } catch (DmProtocolException e) {
            return false;
        }
    }

    private static boolean reply(DmTask<?> task, MemorySegment b) {
        try {
            DmCodec.decode(task, b);
            return true;
        } catch (DmProtocolException e) {
            return false;
        }
    }
}
