package io.dmctl.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.Registry;
import io.dmctl.backend.client.ResumeWatchdog;
import io.dmctl.backend.client.TableSwap;
import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTransport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Swaps under I/O with a failure at each step: afterwards the device runs with one of its two tables, and no request
/// has failed or was lost. An acceptance makes 1,000 of them on each engine.
///
/// Both tables lead to the same sectors of one disk, each by a device of its own, so that one of them can be held or
/// made too small.
@LabTest(
        cpus = 2,
        disks = {"16M"},
        timeoutSeconds = 1800)
class SwapFaultsLabIT {
    private static final String NAME = "swapfault_dmctl_test_delme";
    private static final String ONE = "swapone_dmctl_test_delme";
    private static final String TWO = "swaptwo_dmctl_test_delme";
    private static final String LOWER = "0 8192 linear /dev/ubda 0";
    private static final String FIRST = "0 8192 linear /dev/mapper/" + ONE + " 0";
    private static final String OTHER =
            "0 4096 linear /dev/mapper/" + TWO + " 0\n4096 4096 linear /dev/mapper/" + TWO + " 4096";
    private static final String REFUSED = "0 8192 linear /dev/mapper/" + ONE;
    private static final String TOO_LONG = "0 8192 linear /dev/mapper/" + ONE + " 4096";
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final int SWAPS = LabBoot.cycles(1000, 100);
    private static final int MAX_STEPS = 8;
    private static final long MAX_PAUSE_NS = 100_000_000L;
    private static final long HELD_NS = 500_000_000L;

    /// What goes wrong.
    private enum Fault {
        /// Nothing.
        NONE,
        /// The swap is undone.
        UNDONE,
        /// The load is refused.
        LOAD_REFUSED,
        /// The resume is refused, and the engine leaves the device suspended.
        RESUME_REFUSED,
        /// The undoing resume is refused.
        UNDO_REFUSED,
        /// Nothing is heard of the client any more after one of its commands of a swap that succeeds.
        ABANDONED,
        /// The same of a swap whose resume is refused: a watchdog brings the device back.
        ABANDONED_SUSPENDED,
        /// Requests cannot be done, so that the suspend within the resume does not end; the client is killed.
        HELD,
        /// The client is killed at any moment.
        KILLED,
        /// --verify-cmd fails.
        UNVERIFIED,
        /// --keep-within runs out.
        NOT_KEPT,
        /// The client is interrupted while the table is on trial.
        INTERRUPTED
    }

    /// A client that ends after so many commands.
    private static final class EndsAfter implements DmTransport {
        private final DmTransport engine;
        private final int[] left;

        EndsAfter(DmTransport engine, int[] left) {
            this.engine = engine;
            this.left = left;
        }

        @Override
        public String call() {
            return engine.call();
        }

        @Override
        public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
                throws IOException {
            if (left[0] == 0) {
                throw new Gone();
            }
            left[0]--;
            return engine.run(command, buffer, inputBytes, attachments);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    private static final class Gone extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Devices devices = new Devices();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);

    @AfterEach
    void clean() throws Exception {
        for (String name : List.of(NAME, ONE, TWO)) {
            final var engine = devices.engines().find(Devices.id(name));
            if (engine.isPresent()) {
                devices.resume(engine.get(), name);
                devices.remove(engine.get(), name);
            }
        }
        devices.close();
        Remains.requireNone();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void theDeviceRunsWithOneOfItsTables(Engine engine) throws Exception {
        devices.create(Engine.KERNEL, ONE, LOWER, LoadOptions.DEFAULT);
        devices.create(Engine.KERNEL, TWO, LOWER, LoadOptions.DEFAULT);
        devices.create(engine, NAME, FIRST, engine == Engine.JAVA ? Devices.UBLK : LoadOptions.DEFAULT);
        System.out.println("swaps with failures: seed " + SEED + ", " + SWAPS + " on " + engine);
        try (StampedLoad load = new StampedLoad(Path.of("/dev/mapper", NAME), 8192, 2, SEED)) {
            for (int i = 0; i < SWAPS; i++) {
                final Fault fault = fault(i);
                final String told = "swap " + i + ", " + fault + ", seed " + SEED;
                final boolean first = isFirst(engine, told);
                try {
                    swap(engine, fault, first, load);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(told + ": " + e, e);
                }
                isFirst(engine, told);
                load.awaitWrites(2, BOUND);
                assertEquals(0, load.failed.get(), told + ": requests failed");
                done.merge(fault, 1, Integer::sum);
            }
        }
        System.out.println(done);
    }

    /// Every sixteenth is one of those that take seconds, in turn.
    private static Fault fault(int swap) {
        final Fault[] all = Fault.values();
        final int slow = Fault.ABANDONED_SUSPENDED.ordinal();
        return swap % 16 == 15 ? all[slow + swap / 16 % (all.length - slow)] : all[swap % slow];
    }

    /// Which of the two it runs with; fails when it does not run, or with another.
    private boolean isFirst(Engine engine, String told) throws Exception {
        final var info = devices.info(engine, NAME);
        assertTrue(info.liveTable() && !info.suspended(), () -> told + ": " + info);
        final int lines = (int) devices.tableText(engine, NAME).lines().count();
        assertTrue(lines == 1 || lines == 2, told);
        return lines == 1;
    }

    private void swap(Engine engine, Fault fault, boolean first, StampedLoad load) throws Exception {
        final String next = first ? OTHER : FIRST;
        switch (fault) {
            case NONE ->
                requireSwapped(engine, first, () -> begin(engine).run(Devices.table(next), false, false, true));
            case UNDONE ->
                requireUnswapped(engine, first, () -> {
                    final TableSwap swap = begin(engine);
                    swap.run(Devices.table(next), false, false, true);
                    swap.undo(false, true);
                });
            case LOAD_REFUSED ->
                requireUnswapped(
                        engine,
                        first,
                        () -> assertThrows(
                                DmException.class,
                                () -> begin(engine).run(Devices.table(REFUSED), false, false, true)));
            case RESUME_REFUSED ->
                requireUnswapped(
                        engine,
                        first,
                        () -> assertThrows(
                                TableSwap.RolledBackException.class,
                                () -> begin(engine).run(Devices.table(TOO_LONG), false, false, true)));
            case UNDO_REFUSED -> requireSwapped(engine, first, () -> undoRefused(engine, first, next));
            case ABANDONED -> abandoned(engine, next);
            case ABANDONED_SUSPENDED -> requireUnswapped(engine, first, () -> abandonedSuspended(engine));
            case HELD -> held(engine, first, next);
            case KILLED -> killed(engine, load);
            case UNVERIFIED -> requireUnswapped(engine, first, () -> requireRolledBack(next, "--verify-cmd", "exit 3"));
            case NOT_KEPT -> requireUnswapped(engine, first, () -> requireRolledBack(next, "--keep-within", "1"));
            case INTERRUPTED -> interrupted(engine, first, next);
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void requireSwapped(Engine engine, boolean first, Step step) throws Exception {
        step.run();
        assertEquals(!first, isFirst(engine, "the new table is in use"));
    }

    private void requireUnswapped(Engine engine, boolean first, Step step) throws Exception {
        step.run();
        assertEquals(first, isFirst(engine, "the table before is in use"));
    }

    private TableSwap begin(Engine engine) throws Exception {
        return TableSwap.of(devices.engines(), engine, Devices.id(NAME));
    }

    /// The device below the table before is too small for it when it is to come back.
    private void undoRefused(Engine engine, boolean first, String next) throws Exception {
        final String below = first ? ONE : TWO;
        final TableSwap swap = begin(engine);
        swap.run(Devices.table(next), false, false, true);
        swapBelow(below, "0 4104 linear /dev/ubda 0");
        try {
            final Exception e = assertThrows(Exception.class, () -> swap.undo(false, true));
            assertTrue(e instanceof DmException || e instanceof TableSwap.RolledBackException, e::toString);
        } finally {
            swapBelow(below, LOWER);
        }
    }

    private void swapBelow(String name, String table) throws Exception {
        devices.load(Engine.KERNEL, name, table, LoadOptions.DEFAULT);
        devices.resume(Engine.KERNEL, name);
    }

    /// Of a swap, and sometimes of its undoing.
    private void abandoned(Engine engine, String next) throws Exception {
        final int[] left = {2 + random.nextInt(MAX_STEPS - 2)};
        try (Engines own = Engines.open(Registry.system(), transport -> new EndsAfter(transport, left))) {
            final TableSwap swap = TableSwap.of(own, engine, Devices.id(NAME));
            swap.run(Devices.table(next), false, false, true);
            swap.undo(false, true);
        } catch (Gone e) {
            assertEquals(0, left[0]);
        }
    }

    private void abandonedSuspended(Engine engine) throws Exception {
        final int[] left = {2 + random.nextInt(4)};
        try (ResumeWatchdog watchdog = ResumeWatchdog.start(engine, DmName.mangle(NAME), 1)) {
            assertTrue(watchdog != null);
            try (Engines own = Engines.open(Registry.system(), transport -> new EndsAfter(transport, left))) {
                final TableSwap swap = TableSwap.of(own, engine, Devices.id(NAME));
                swap.run(Devices.table(TOO_LONG), false, false, true);
                throw new AssertionError("such a table cannot come into use");
            } catch (Gone | TableSwap.RolledBackException e) {
                Await.until(
                        "the watchdog has resumed it",
                        BOUND,
                        () -> !devices.info(engine, NAME).suspended());
            }
        }
    }

    private void held(Engine engine, boolean first, String next) throws Exception {
        final String below = first ? ONE : TWO;
        final var devno = devices.info(engine, NAME).devno();
        final String disk = engine == Engine.KERNEL ? "dm-" + devno.minor() : Remains.disk(NAME);
        devices.engines().control(Engine.KERNEL).run(new DmTask.DevSuspend(Devices.id(below), true, true));
        try {
            Await.until("requests wait", BOUND, () -> Remains.inFlight(disk) > 0);
            final Process client = SwapClient.start(engine, NAME, List.of(next));
            assertEquals('>', client.getInputStream().read(), "the client swaps");
            LockSupport.parkNanos(HELD_NS);
            assertEquals(0, client.getInputStream().available(), "the swap waits");
            kill(client);
        } finally {
            devices.resume(Engine.KERNEL, below);
        }
    }

    private void killed(Engine engine, StampedLoad load) throws Exception {
        final Process client = SwapClient.start(engine, NAME, List.of(OTHER, TOO_LONG, FIRST, REFUSED));
        assertEquals('>', client.getInputStream().read(), "the client swaps");
        assertEquals('.', client.getInputStream().read(), "the client has swapped");
        LockSupport.parkNanos(random.nextLong(MAX_PAUSE_NS));
        kill(client);
        Await.until("it runs", BOUND, () -> !devices.info(engine, NAME).suspended());
        load.check();
    }

    private static void kill(Process process) throws Exception {
        process.destroyForcibly();
        assertTrue(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS), "killed and there");
    }

    private static void requireRolledBack(String next, String... option) {
        final Guest.Result back = Guest.dmctl("swap", NAME, "--table", next, option[0], option[1]);
        assertEquals(9, back.exitCode(), back::toString);
    }

    /// `timeout` as Ctrl-C would: the check is interrupted with the command.
    /// Before it the swap may be under way: then it is either of the two tables.
    private void interrupted(Engine engine, boolean first, String next) throws Exception {
        final Path checks = Path.of("/tmp/swapfault-checks");
        Files.deleteIfExists(checks);
        final Guest.Result end = Guest.sh("timeout -s INT 3 " + Guest.checkout() + "/bin/dmctl swap " + NAME
                + " --table '" + next + "' --verify-cmd 'touch " + checks + "; sleep 60' || true");
        assertEquals(0, end.exitCode(), end::toString);
        if (Files.exists(checks)) {
            requireUnswapped(engine, first, () -> {});
        }
    }
}
