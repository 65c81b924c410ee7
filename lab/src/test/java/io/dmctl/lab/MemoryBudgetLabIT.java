package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.lab.parity.BlockIo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A load that a server has no memory for is refused before anything is made, and what it serves runs on.
@LabTest(
        memory = "1G",
        disks = {"512M"},
        timeoutSeconds = 600)
class MemoryBudgetLabIT {
    private static final String TABLE = "0 2048 zero";
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int DEEP = 1024;
    private static final String PREFIX = "budget_dmctl_test_delme_";

    private final Devices devices = new Devices();
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void clean() throws Exception {
        for (String name : made) {
            devices.remove(Engine.JAVA, name);
        }
        devices.close();
        Remains.requireNone();
    }

    /// The refusal of the first device that one group has no room for.
    private DmException fill(LoadOptions how) throws Exception {
        for (int i = 0; i < 64; i++) {
            final String name = PREFIX + i;
            try {
                devices.create(Engine.JAVA, name, TABLE, how);
            } catch (DmException e) {
                return e;
            }
            made.add(name);
        }
        throw new AssertionError("64 devices of two deep queues in a heap of 64 MB");
    }

    @Test
    void aGroupWhoseHeapIsFullTakesNoDeviceAndServesOn() throws Exception {
        final DmException refused = fill(new LoadOptions("ublk", 2, DEEP, "full"));
        assertEquals(Errno.ENOMEM, refused.errno(), refused::toString);
        assertTrue(String.valueOf(refused.reason()).contains("--group of its own"), refused::toString);
        System.out.println("a group has room for " + made.size() + " devices of two queues");
        assertTrue(made.size() >= 24, "only " + made);
        final long pid = Remains.server().pid();
        for (String name : made) {
            try (BlockIo io = BlockIo.open("/dev/mapper/" + name)) {
                final MemorySegment page = Arena.ofAuto().allocate(4096, 4096).fill((byte) 1);
                assertEquals(4096, io.read(page, 0));
                assertEquals(-1, page.mismatch(Arena.ofAuto().allocate(4096)), name);
            }
        }
        devices.remove(Engine.JAVA, made.removeLast());
        final String again = PREFIX + "again";
        devices.create(Engine.JAVA, again, TABLE, new LoadOptions("ublk", 1, 16, "full"));
        made.add(again);
        assertEquals(pid, Remains.server().pid());
    }

    /// What a device takes does not depend on how many others there are: threads have the bios of what they serve.
    @Test
    void manyDevicesOfUsualDepthFitIntoOneGroup() throws Exception {
        for (int i = 0; i < 48; i++) {
            final String name = PREFIX + "many" + i;
            devices.create(Engine.JAVA, name, TABLE, new LoadOptions("ublk", 1, 128, "many"));
            made.add(name);
        }
        Guest.sh("for d in /dev/mapper/" + PREFIX
                        + "many*; do dd if=$d of=/dev/null bs=4k count=1 iflag=direct status=none; done")
                .ok();
        assertTrue(Remains.server().isAlive()); // the only one
    }

    /// A line costs little where its target keeps nothing for each request.
    @Test
    void aTableOfTenThousandLinesFits() throws Exception {
        final StringBuilder table = new StringBuilder();
        for (int line = 0; line < 10_000; line++) {
            table.append(line * 8).append(" 8 zero\n");
        }
        final String name = PREFIX + "lines";
        devices.create(Engine.JAVA, name, table.toString(), LoadOptions.DEFAULT);
        made.add(name);
        assertEquals(
                "80000", Guest.sh("blockdev --getsz /dev/mapper/" + name).ok().strip());
    }

    /// The most that is measured (docs/benchmarks.md), in the heap that a server has, each line with a device.
    @Test
    void aTableOfAHundredThousandLinesFits() throws Exception {
        final String name = PREFIX + "many_lines";
        Guest.run(LONG, List.of("sh", "-ec", """
                        awk 'BEGIN { for (i = 0; i < 100000; i++) print i * 8, 8, "linear /dev/ubda", (99999 - i) * 8 }' >/dev/shm/lines
                        %1$s create %2$s --engine java --queues 1 /dev/shm/lines
                        dd if=/dev/urandom of=/dev/shm/page bs=4k count=1 status=none
                        dd if=/dev/shm/page of=/dev/mapper/%2$s bs=4k oflag=direct status=none
                        dd if=/dev/ubda bs=4k skip=99999 count=1 iflag=direct status=none | cmp - /dev/shm/page
                        test $(%1$s table %2$s | wc -l) = 100000
                        """.formatted(Guest.checkout().resolve("bin/dmctl"), name)))
                .ok();
        made.add(name);
    }

    @Test
    void buffersThatTheMachineHasNoMemoryForAreRefused() throws Exception {
        final String name = PREFIX + "deep";
        final Guest.Result refused =
                Guest.dmctl("create", name, "--table", TABLE, "--engine", "java", "--queues", "2", "--depth", "4000");
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("(ENOMEM)"), refused::toString);
        assertTrue(refused.err().contains("take fewer --queues, or a smaller --depth"), refused::toString);
        assertEquals(Optional.empty(), devices.engines().find(Devices.id(name)));
    }
}
