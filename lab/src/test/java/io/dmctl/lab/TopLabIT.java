package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.watch.DeviceStats;
import io.dmctl.backend.watch.IoSample;
import io.dmctl.bindings.control.DmTask;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a device does is counted.
@LabTest(
        disks = {"16M"},
        timeoutSeconds = 600)
class TopLabIT {
    private static final String NAME = "top_dmctl_test_delme";

    private final Devices devices = new Devices();

    @AfterEach
    void clean() throws Exception {
        devices.remove(devices.engines().find(Devices.id(NAME)).orElseThrow(), NAME);
        devices.close();
        Remains.requireNone();
    }

    private void make(Engine engine) throws Exception {
        devices.create(
                engine, NAME, "0 8192 linear /dev/ubda 0", engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
    }

    private static IoSample only(List<IoSample> samples) {
        assertEquals(1, samples.size(), samples::toString);
        return samples.getFirst();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void eachRequestIsCounted(Engine engine) throws Exception {
        make(engine);
        try (DeviceStats stats =
                new DeviceStats(devices.engines(), n -> n.toString().equals(NAME))) {
            final IoSample before = only(stats.sample());
            Guest.sh("dd if=/dev/zero of=/dev/mapper/" + NAME + " bs=4k count=64 oflag=direct status=none;"
                            + "dd if=/dev/mapper/" + NAME + " of=/dev/null bs=8k count=4 iflag=direct status=none")
                    .ok();
            final IoSample done = only(stats.sample()).since(before);
            assertEquals(64, done.writes(), done::toString);
            assertEquals(512, done.writeSectors(), done::toString);
            assertTrue(done.reads() >= 4, done::toString);
            assertTrue(done.readSectors() >= 64, done::toString);
            assertTrue(done.timed() && done.writeLatencyNs() > 0, done::toString);
        }
    }

    @Test
    void theCommandLeavesNoRegion() throws Exception {
        make(Engine.KERNEL);
        final String out = Guest.dmctl("top", "--count", "1", NAME).ok();
        assertTrue(out.contains("\n" + NAME + " "), out);
        final String json = Guest.dmctl("top", "--json", "--count", "1", NAME).ok();
        assertTrue(
                json.startsWith("{\"schema\":1,\"command\":\"top\",\"name\":\"" + NAME + "\",\"engine\":\"kernel\""),
                json);
        assertEquals(
                "",
                devices.engines()
                        .control(Engine.KERNEL)
                        .run(new DmTask.TargetMessage(Devices.id(NAME), 0, "@stats_list"))
                        .orElse(""));
    }
}
