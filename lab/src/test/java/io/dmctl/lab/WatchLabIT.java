package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.watch.DeviceEvent;
import io.dmctl.backend.watch.DeviceWatch;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What happens to devices of both engines is told.
@LabTest(
        disks = {"16M", "16M"},
        timeoutSeconds = 600)
class WatchLabIT {
    private static final String NAME = "watch_dmctl_test_delme";
    private static final String OTHER = "watch2_dmctl_test_delme";
    private static final int LONG_MS = 20_000;

    private final Devices devices = new Devices();

    @TempDir
    Path folder;

    @AfterEach
    void clean() throws Exception {
        devices.removeIfThere(NAME, OTHER);
        devices.close();
        Remains.requireNone();
    }

    private void make(Engine engine, String table) throws Exception {
        devices.create(engine, NAME, table, engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
    }

    private static List<String> next(DeviceWatch watch, Engine engine) throws Exception {
        // The kernel wakes the wait; ours are looked at when it is over.
        return watch.next(engine == Engine.KERNEL ? LONG_MS : 1).stream()
                .map(WatchLabIT::shown)
                .toList();
    }

    private static String shown(DeviceEvent event) {
        return (event.kind() + " " + event.engine() + " " + event.name() + " " + event.detail()).strip();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void eachChangeIsTold(Engine engine) throws Exception {
        try (DeviceWatch watch = new DeviceWatch(devices.engines(), List.of())) {
            final String is = " " + engine + " " + NAME;
            make(engine, "0 8 linear /dev/ubda 0");
            assertEquals(List.of("CREATED" + is), next(watch, engine));
            devices.load(engine, NAME, "0 16 linear /dev/ubda 0", LoadOptions.DEFAULT);
            devices.resume(engine, NAME);
            assertEquals(List.of("TABLE" + is), next(watch, engine));
            devices.suspend(engine, NAME);
            assertEquals(List.of("SUSPENDED" + is), next(watch, Engine.JAVA));
            devices.resume(engine, NAME);
            assertEquals(List.of("RESUMED" + is), next(watch, Engine.JAVA));
            final var info =
                    devices.engines().control(engine).run(new DmTask.DevRename(DmName.of(NAME), DmName.of(OTHER)));
            if (engine == Engine.KERNEL) {
                DmNodes.system().rename(DmName.of(NAME), DmName.of(OTHER), info.devno());
            }
            assertEquals(List.of("RENAMED " + engine + " " + OTHER + " " + NAME), next(watch, engine));
            devices.remove(engine, OTHER);
            assertEquals(List.of("REMOVED " + engine + " " + OTHER), next(watch, engine));
        }
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aSnapshotThatFillsIsTold(Engine engine) throws Exception {
        Guest.sh("dd if=/dev/zero of=/dev/ubdb bs=4k count=1 conv=fsync 2>&1").ok();
        make(engine, "0 8192 snapshot /dev/ubda /dev/ubdb P 8");
        try (DeviceWatch watch = new DeviceWatch(devices.engines(), List.of(10))) {
            assertEquals(List.of(), watch.next(1));
            Guest.sh("dd if=/dev/urandom of=/dev/mapper/" + NAME + " bs=1M count=4 oflag=direct 2>&1")
                    .ok();
            final List<String> told = next(watch, Engine.JAVA);
            assertEquals(1, told.size(), told::toString);
            assertTrue(
                    told.getFirst()
                            .matches("THRESHOLD " + engine + " " + NAME
                                    + " store [1-9]\\d% \\(\\d+/32768\\) reached 10%"),
                    told::toString);
        }
    }

    @Test
    void theCommand() throws Exception {
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final Path ran = folder.resolve("ran");
        final Process watch = new ProcessBuilder(
                        Guest.checkout().resolve("bin/dmctl").toString(),
                        "watch",
                        "--json",
                        "--count",
                        "1",
                        "--timeout",
                        "60",
                        "--exec",
                        "echo $DMCTL_EVENT $DMCTL_NAME > " + ran,
                        NAME)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        Await.until(
                "watching", Duration.ofSeconds(60), () -> Files.readString(err).contains("dmctl watch: watching"));
        make(Engine.KERNEL, "0 8 error");
        assertTrue(watch.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, watch.exitValue(), () -> "exit code");
        assertTrue(
                Files.readString(out)
                        .matches(
                                "\\{\"schema\":1,\"command\":\"watch\",\"time\":\"[^\"]+\",\"event\":\"created\",\"name\":\""
                                        + NAME + "\",\"engine\":\"kernel\",\"event_nr\":0,\"detail\":\"\"\\}\n"),
                Files.readString(out));
        assertEquals("created " + NAME + "\n", Files.readString(ran));
        final Guest.Result none = Guest.dmctl("watch", "--count", "1", "--timeout", "1");
        assertEquals(7, none.exitCode(), none::toString);
    }
}
