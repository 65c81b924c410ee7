package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `--json` and the start-up of `bin/dmctl`, with a device of each engine.
@LabTest(
        disks = {"64M"},
        timeoutSeconds = 600)
class CommandLineLabIT {
    private static final String KERNEL = "k_dmctl_test_delme";
    private static final String JAVA = "j_dmctl_test_delme";
    private static final String TABLE = "0 64 zero\n64 64 linear /dev/ubda 8";
    private static final String TARGETS =
            "\"targets\":[{\"start_sectors\":0,\"len_sectors\":64,\"type\":\"zero\",\"params\":\"\"},"
                    + "{\"start_sectors\":64,\"len_sectors\":64,\"type\":\"linear\",\"params\":\"";

    @BeforeAll
    static void create() {
        Guest.dmctl("create", KERNEL, "-u", "u-1", "--engine", "kernel", "--table", TABLE)
                .ok();
        Guest.dmctl("create", JAVA, "--engine", "java", "--table", "0 64 zero").ok();
    }

    @AfterAll
    static void remove() {
        Guest.dmctl("remove", JAVA, KERNEL).ok();
    }

    private static String number(String path) {
        String[] parts = Guest.sh("stat -L -c '%Hr %Lr' " + path).ok().strip().split(" ", -1);
        return "\"major\":" + parts[0] + ",\"minor\":" + parts[1];
    }

    private static String kernelDevice() {
        return "{\"name\":\"" + KERNEL + "\",\"uuid\":\"u-1\",\"engine\":\"kernel\"," + number("/dev/mapper/" + KERNEL);
    }

    private static String javaDevice() {
        return "{\"name\":\"" + JAVA + "\",\"uuid\":null,\"engine\":\"java\"," + number("/dev/mapper/" + JAVA)
                + ",\"group\":\"0\",\"transport\":\"ublk\",\"address\":\"/dev/ublkb0\"";
    }

    @Test
    void lsTellsBothEnginesDevices() {
        assertEquals(
                "{\"schema\":1,\"command\":\"ls\",\"devices\":[" + kernelDevice() + "}," + javaDevice() + "}]}\n",
                Guest.dmctl("ls", "--json").ok());
    }

    @Test
    void tableHasNumbersAsNumbers() {
        String disk = Guest.sh("stat -c '%Hr:%Lr' /dev/ubda").ok().strip();
        assertEquals(
                "{\"schema\":1,\"command\":\"table\",\"devices\":[" + kernelDevice() + "," + TARGETS + disk
                        + " 8\"}]}]}\n",
                Guest.dmctl("table", "--json", KERNEL).ok());
    }

    @Test
    void infoHasTheStateOfEach() {
        String state = "\"suspended\":false,\"read_only\":false,\"deferred_remove\":false,\"live_table\":true,"
                + "\"inactive_table\":false,\"open_count\":0,\"event_nr\":0,\"target_count\":";
        String info = Guest.dmctl("info", "--json").ok();
        assertTrue(info.contains(kernelDevice() + "," + state + "2,\"read_ahead_sectors\":"), info);
        assertTrue(info.contains(javaDevice() + "," + state + "1,\"read_ahead_sectors\":"), info);
        assertTrue(info.endsWith(",\"server_dead\":false}]}\n"), info);
    }

    @Test
    void depsAndMessage() {
        assertEquals(
                "{\"schema\":1,\"command\":\"deps\",\"devices\":[" + kernelDevice() + ",\"deps\":[{"
                        + number("/dev/ubda") + "}]}]}\n",
                Guest.dmctl("deps", "--json", KERNEL).ok());
        assertEquals(
                "{\"schema\":1,\"command\":\"message\",\"device\":" + kernelDevice() + "},\"answer\":\"\"}\n",
                Guest.dmctl("message", "--json", KERNEL, "0", "@stats_list").ok());
    }

    /// The archive that lab/run made on the host serves the guest, too.
    @Test
    void classesComeFromTheArchive() {
        String loaded = Guest.sh("DMCTL_JAVA_OPTS='-Xlog:class+load -XX:AOTMode=on' "
                        + Guest.checkout().resolve("bin/dmctl") + " ls")
                .ok();
        assertTrue(loaded.contains("io.dmctl.cli.LsCommand source: shared objects file"), loaded);
        assertFalse(
                loaded.contains("source: file:"),
                () -> "not in the archive: "
                        + loaded.lines()
                                .filter(line -> line.contains("source: file:"))
                                .toList());
        // The forms of method handles that can be made ahead were.
        assertFalse(
                loaded.lines().anyMatch(line -> line.contains("LambdaForm$DMH/") && !line.contains("shared objects")),
                loaded);
        for (String unneeded : new String[] {"slf4j", "jackson.core.JsonGenerator", "dm.dm_ioctl"}) {
            assertFalse(
                    loaded.lines().anyMatch(line -> line.contains(unneeded) && !line.contains("shared objects")),
                    unneeded);
        }
    }

    @Test
    void serversStartFromItToo() {
        String command = Guest.sh("tr '\\0' ' ' </proc/$(pgrep -f '[D]eviceServer')/cmdline")
                .ok();
        assertTrue(command.contains(" -XX:AOTCache="), command);
        Guest.Result log = Guest.sh("cat /run/dmctl/groups/0/log");
        assertFalse(log.ok().contains("aot"), log::toString);
    }
}
