package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A name or uuid is one device's, whichever engine has it, and /dev/mapper leads to that device.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class NamesLabIT {
    private static final String NAME = "names_dmctl_test_delme";
    private static final String OTHER = "other_dmctl_test_delme";
    private static final String TABLE = "0 2048 linear /dev/ubda 0";
    private static final String ZERO = "0 2048 zero";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        for (Engine engine : Engine.values()) {
            for (DmListedDevice device : devices.engines().control(engine).run(new DmTask.ListDevices(false))) {
                devices.remove(engine, device.name().toString());
            }
        }
        devices.close();
        Remains.requireNone();
    }

    private static Engine otherThan(Engine engine) {
        return engine == Engine.KERNEL ? Engine.JAVA : Engine.KERNEL;
    }

    private static void requireErrno(int errno, org.junit.jupiter.api.function.Executable refused) {
        final Exception e = assertThrows(Exception.class, refused);
        final int was = e instanceof DmException dm ? dm.errno() : e instanceof ErrnoException sys ? sys.errno() : 0;
        assertEquals(errno, was, e.toString());
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void nameAndUuidOfOneEngineAreRefusedOnTheOther(Engine first) throws Exception {
        devices.reserve(first, NAME, Optional.of("DMCTL-1"));
        final Engine second = otherThan(first);
        requireErrno(Errno.EBUSY, () -> devices.reserve(second, NAME, Optional.empty()));
        requireErrno(Errno.EBUSY, () -> devices.reserve(second, OTHER, Optional.of("DMCTL-1")));
        requireErrno(Errno.EBUSY, () -> devices.reserve(first, NAME, Optional.empty()));
        assertEquals(Optional.of(first), devices.engines().find(Devices.id(NAME)));
        assertEquals(Optional.empty(), devices.engines().find(Devices.id(OTHER)));
        devices.reserve(second, OTHER, Optional.of("DMCTL-2"));
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void renameMovesTheNodeAndTakesNoNameOfTheOtherEngine(Engine engine) throws Exception {
        devices.create(engine, NAME, TABLE, Devices.UBLK);
        devices.reserve(otherThan(engine), OTHER, Optional.empty());
        final Guest.Result taken = Guest.dmctl("rename", NAME, OTHER);
        assertEquals(5, taken.exitCode(), taken::toString);
        assertTrue(Files.exists(Path.of("/dev/mapper", NAME)));
        assertEquals(Optional.of(engine), devices.engines().find(Devices.id(NAME)));

        Guest.dmctl("rename", NAME, "new_dmctl_test_delme").ok();
        assertFalse(Files.exists(Path.of("/dev/mapper", NAME), LinkOption.NOFOLLOW_LINKS));
        assertEquals(
                "1048576\n",
                Guest.sh("blockdev --getsize64 /dev/mapper/new_dmctl_test_delme")
                        .ok());
        assertEquals(Optional.empty(), devices.engines().find(Devices.id(NAME)));
        assertEquals(Optional.of(engine), devices.engines().find(Devices.id("new_dmctl_test_delme")));
    }

    /// dmsetup reads the kernel's device under the same node; ours is under the name that the kernel's would have.
    @ParameterizedTest
    @ValueSource(strings = {"a b_delme", "\u00e4\u20ac_delme", "a\"b'c$d;e_delme", "-x_delme", "a:b=c+d#e_delme"})
    void oddNamesHaveTheSameNodeOnBothEngines(String name) throws Exception {
        devices.create(Engine.KERNEL, name, ZERO, Devices.UBLK);
        final List<String> ofKernel = nodes();
        Guest.run(Guest.TIMEOUT, List.of("dmsetup", "info", "--", name)).ok();
        devices.remove(Engine.KERNEL, name);
        assertEquals(List.of(), nodes());
        devices.createJava(name, ZERO);
        assertEquals(ofKernel, nodes());
        assertEquals(name, DmName.of(nodes().getFirst()).unmangled());
        assertTrue(Remains.disk(nodes().getFirst()).startsWith("ublkb"));
        devices.remove(Engine.JAVA, name);
        assertEquals(List.of(), nodes());
    }

    private static List<String> nodes() {
        return Guest.sh("ls /dev/mapper")
                .ok()
                .lines()
                .filter(n -> !n.equals("control"))
                .toList();
    }

    @Test
    void aNameHasAtMost127Bytes() throws Exception {
        final String longest = "x".repeat(127);
        devices.createJava(longest, ZERO);
        assertEquals(List.of(longest), nodes());
        assertEquals(
                "1048576\n",
                Guest.sh("blockdev --getsize64 /dev/mapper/" + longest).ok());
        devices.remove(Engine.JAVA, longest);
        final Guest.Result tooLong = Guest.dmctl("create", longest + "x", "--engine", "java", "--table", ZERO);
        assertEquals(2, tooLong.exitCode(), tooLong::toString);
    }

    @Test
    void aDeadServersRecordKeepsTheNameUntilItIsRemoved() throws Exception {
        devices.createJava(NAME, TABLE);
        final ProcessHandle server = Remains.server();
        Guest.sh("kill -KILL " + server.pid()).ok();
        server.onExit().get(30, TimeUnit.SECONDS);
        requireErrno(Errno.EBUSY, () -> devices.reserve(Engine.JAVA, NAME, Optional.empty()));
        requireErrno(Errno.EBUSY, () -> devices.reserve(Engine.KERNEL, NAME, Optional.empty()));
        assertFalse(devices.info(Engine.JAVA, NAME).liveTable());
        devices.remove(Engine.JAVA, NAME);
        Remains.requireNone();
        devices.create(Engine.KERNEL, NAME, TABLE, Devices.UBLK);
        devices.remove(Engine.KERNEL, NAME);
    }
}
