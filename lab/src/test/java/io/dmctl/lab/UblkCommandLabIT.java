package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.Registry;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `dmctl ublk` on devices of ours, of another server, and of nobody. Another server is one of another registry.
@LabTest(timeoutSeconds = 600)
class UblkCommandLabIT {
    private static final String NAME = "ublk_dmctl_test_delme";
    private static final DmName OTHER = DmName.mangle("other_dmctl_test_delme");
    private static final Registry ELSEWHERE = Registry.at(Path.of("/run/dmctl-other"));
    private static final Duration BOUND = Duration.ofSeconds(40);

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        try (Engines other = Engines.open(ELSEWHERE)) {
            if (ELSEWHERE.find(DmId.of(OTHER)).isPresent()) {
                other.control(Engine.JAVA).run(new DmTask.DevRemove(DmId.of(OTHER), false));
            }
        }
        devices.removeIfThere(NAME);
        devices.close();
        Remains.requireNone();
    }

    private void ours(String recovery) throws Exception {
        devices.create(Engine.JAVA, NAME, "0 2048 zero", new LoadOptions("ublk", 1, 16, "", recovery));
    }

    /// N of a device that our registry does not know.
    private static int others() throws Exception {
        try (Engines other = Engines.open(ELSEWHERE)) {
            other.create(Engine.JAVA, new DmTask.DevCreate(OTHER, Optional.empty(), java.util.OptionalInt.empty()));
            other.load(
                    Engine.JAVA,
                    new DmTask.TableLoad(DmId.of(OTHER), Devices.table("0 4096 zero"), false),
                    new LoadOptions("ublk", 1, 16, "", "queue"));
            other.control(Engine.JAVA).run(new DmTask.DevResume(DmId.of(OTHER), false, true));
        }
        return ELSEWHERE.find(DmId.of(OTHER)).orElseThrow().ublkId();
    }

    private static Guest.Result ublk(String... words) {
        final String[] all = new String[words.length + 1];
        all[0] = "ublk";
        System.arraycopy(words, 0, all, 1, words.length);
        return Guest.dmctl(all);
    }

    private static Guest.Result refused(int exitCode, String text, String... words) {
        final Guest.Result result = ublk(words);
        assertEquals(exitCode, result.exitCode(), result::toString);
        assertTrue(result.err().contains(text), result::toString);
        return result;
    }

    @Test
    void listTellsWhoseDevicesAreWhose() throws Exception {
        assertEquals("", ublk("list").ok());
        ours("queue");
        final int other = others();
        final String text = ublk("list").ok();
        final int pid = ublkServer(0);
        assertTrue(text.contains("ublkb0: live, server " + pid + ", 1 queue x 16, " + NAME + ", flags "), text);
        assertTrue(text.contains("ublkb" + other + ": live, server "), text);
        final String json = ublk("list", "--json").ok();
        assertTrue(
                json.contains("{\"id\":0,\"state\":\"live\",\"server_pid\":" + pid
                        + ",\"queues\":1,\"depth\":16,\"max_io_bytes\":"),
                json);
        assertTrue(json.contains("\"name\":null,\"owner_uid\":0,\"owner_gid\":0,\"flags\":["), json);
        assertTrue(json.contains("\"QUIESCE\""), json);
    }

    @Test
    void whatIsInUseIsStoppedByForceOnly() throws Exception {
        final int id = others();
        final String n = Integer.toString(id);
        try (Fd held = Fd.open("/dev/ublkb" + n, OpenFlags.RDONLY)) {
            refused(5, "ublkb" + n + ": it is in use", "stop", n);
            refused(5, "--force, which fails its I/O", "delete", n);
            assertTrue(Files.exists(Path.of("/dev/ublkb" + n)));
            assertTrue(held.number() >= 0);
            assertEquals("ublkb" + n + ": stopped\n", ublk("stop", n, "--force").ok());
        }
        assertFalse(Files.exists(Path.of("/dev/ublkb" + n)));
        assertEquals(
                "ublkb" + n + ": was stopped\n", ublk("stop", "/dev/ublkc" + n).ok());
    }

    @Test
    void ourOwnAreLeftToTheirServerWhileItLives() throws Exception {
        ours("queue");
        refused(5, "dmctl remove " + NAME, "stop", "0");
        refused(5, "dmctl upgrade " + NAME, "quiesce", "0");
        final ProcessHandle server = Remains.server();
        Guest.sh("kill -KILL " + server.pid()).ok();
        server.onExit().get(BOUND.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
        try (UblkControl control = UblkControl.open()) {
            Await.until("no server", BOUND, () -> control.info(0).state() == UblkState.QUIESCED);
        }
        assertTrue(ublk("list").ok().startsWith("ublkb0: quiesced, no server"));
        final Guest.Result deleted = ublk("delete", "ublkb0");
        assertEquals("ublkb0: deleted\n", deleted.ok());
        assertTrue(deleted.err().contains("dmctl remove " + NAME), deleted::toString);
    }

    @Test
    void whatNobodyServesIsDeleted() throws Exception {
        final int id;
        try (UblkControl control = UblkControl.open()) {
            id = control.addDevice(UblkDeviceInfo.wanted(UblkDeviceInfo.ANY_ID, 1, 4, 4096, 0))
                    .id();
        }
        refused(8, "it was made without QUIESCE", "quiesce", Integer.toString(id));
        assertEquals(
                "{\"schema\":1,\"command\":\"ublk\",\"devices\":[{\"id\":" + id + ",\"done\":\"deleted\"}]}\n",
                ublk("delete", Integer.toString(id), "--json").ok());
        refused(3, "(ENODEV)", "delete", Integer.toString(id));
    }

    @Test
    void anotherServersDeviceIsQuiesced() throws Exception {
        final String n = Integer.toString(others());
        assertEquals("ublkb" + n + ": quiesced\n", ublk("quiesce", n).ok());
        try (Engines other = Engines.open(ELSEWHERE)) {
            Guest.sh("kill -KILL " + ublkServer(Integer.parseInt(n))).ok();
            Await.until("recovered", BOUND, () -> !other.recover(OTHER).isEmpty());
        }
        Guest.sh("dd if=/dev/ublkb" + n + " of=/dev/null bs=4k count=1 iflag=direct status=none")
                .ok();
    }

    private static int ublkServer(int id) throws Exception {
        try (UblkControl control = UblkControl.open()) {
            return control.info(id).serverPid();
        }
    }
}
