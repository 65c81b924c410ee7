package io.dmctl.bindings.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MonotonicClockTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long STEP_NS = 1_000_000;

    /// A machine whose time stands still but for [#pass] and the time that a reading of its clock takes.
    private static final class Machine implements MonotonicClock.Source {
        double ticksPerNs = 2.7;
        double ticks = 1e12;
        long ns = -5 * SECOND_NS;
        long readingNs = 10_000;
        int readings;

        void pass(long passedNs) {
            ns += passedNs;
            ticks += passedNs * ticksPerNs;
        }

        @Override
        public boolean usable() {
            return true;
        }

        @Override
        public long ticks() {
            return (long) ticks;
        }

        @Override
        public long ns() {
            readings++;
            pass(readingNs / 2);
            final long now = ns;
            pass(readingNs - readingNs / 2);
            return now;
        }
    }

    private final Machine machine = new Machine();

    /// How far the clock is off at most, looked at every ms; never backwards. A setting takes four readings, and
    /// answers
    /// the time of one of them.
    private long worstNs(MonotonicClock clock, long forNs) {
        long worst = 0;
        long last = clock.nowNs();
        for (long end = machine.ns + forNs; machine.ns < end; ) {
            machine.pass(STEP_NS);
            final long now = clock.nowNs();
            assertTrue(now >= last, () -> "backwards at " + machine.ns);
            last = now;
            worst = Math.max(worst, Math.abs(now - machine.ns));
        }
        return worst;
    }

    @Test
    void followsTheKernelsClockAndSeldomReadsIt() {
        final MonotonicClock clock = new MonotonicClock(machine);
        assertTrue(worstNs(clock, 10 * SECOND_NS) <= 4 * machine.readingNs, "off");
        machine.readings = 0;
        assertTrue(worstNs(clock, 10 * SECOND_NS) <= 4 * machine.readingNs, "off");
        assertTrue(machine.readings <= 11 * 4, () -> machine.readings + " readings in 10 s");
    }

    @Test
    void everyTickLengthWorks() {
        for (double perNs : new double[] {0.001, 0.024, 1, 5.5}) {
            machine.ticksPerNs = perNs;
            final long blurNs = 4 * machine.readingNs + (long) (4 / perNs);
            final long worst = worstNs(new MonotonicClock(machine), 5 * SECOND_NS);
            assertTrue(worst <= blurNs, () -> perNs + " ticks a ns: off by " + worst);
        }
    }

    @Test
    void ntpBendsBothClocks() {
        final MonotonicClock clock = new MonotonicClock(machine);
        worstNs(clock, 3 * SECOND_NS);
        for (double ppm : new double[] {500, -500, 0}) {
            machine.ticksPerNs = 2.7 * (1 + ppm / 1e6);
            assertTrue(worstNs(clock, 5 * SECOND_NS) < 2 * MonotonicClock.AGREE_NS, ppm + " ppm");
        }
        assertTrue(clock.counting());
    }

    @Test
    void aThreadThatSleptLongAsksTheKernel() {
        final MonotonicClock clock = new MonotonicClock(machine);
        worstNs(clock, SECOND_NS);
        machine.pass(100_000 * SECOND_NS);
        final long now = clock.nowNs();
        assertTrue(Math.abs(now - machine.ns) <= 5 * machine.readingNs, () -> now + " at " + machine.ns);
        assertTrue(worstNs(clock, 3 * SECOND_NS) <= 4 * machine.readingNs, "off");
    }

    /// Suspended to memory the counter may start anew, or go on while CLOCK_MONOTONIC stands.
    @Test
    void aMachineThatSleptIsSurvived() {
        final MonotonicClock clock = new MonotonicClock(machine);
        worstNs(clock, 3 * SECOND_NS);
        machine.ticks = 0;
        assertTrue(worstNs(clock, 3 * SECOND_NS) <= MonotonicClock.AGREE_NS, "counter set to 0");
        machine.ticks += 3600e9;
        assertTrue(worstNs(clock, 3 * SECOND_NS) <= MonotonicClock.AGREE_NS, "counter went on");
        assertTrue(clock.counting());
    }

    @Test
    void aCounterThatDoesNotKeepTimeIsGivenUp() {
        final MonotonicClock clock = new MonotonicClock(machine);
        worstNs(clock, 3 * SECOND_NS);
        for (int i = 1; i <= MonotonicClock.BAD_RATES + 1; i++) {
            machine.ticksPerNs *= 1.2;
            worstNs(clock, SECOND_NS);
        }
        assertFalse(clock.counting());
        worstNs(clock, SECOND_NS);
        final long now = clock.nowNs();
        assertTrue(Math.abs(now - machine.ns) < SECOND_NS, () -> now + " at " + machine.ns);
    }

    @Test
    void aBlurredSettingIsPutOff() {
        final MonotonicClock clock = new MonotonicClock(machine);
        worstNs(clock, 3 * SECOND_NS);
        final Random random = new Random(7);
        long worst = 0;
        for (int i = 0; i < 20_000; i++) {
            machine.readingNs = random.nextInt(10) < 7 ? 4_000_000 : 10_000; // it loses its processor most of the time
            machine.pass(STEP_NS);
            final long now = clock.nowNs();
            if (machine.readingNs == 10_000) {
                worst = Math.max(worst, Math.abs(now - machine.ns));
            }
        }
        final long off = worst;
        assertTrue(off <= MonotonicClock.AGREE_NS, () -> "off by " + off);
        assertTrue(clock.counting());
    }

    @Test
    void thisMachinesClocksAgreeOverASecondAndMore() {
        assumeTrue(counterIsSteady(), "no time stamp counter that counts evenly");
        final MonotonicClock clock = new MonotonicClock(realCounter());
        final long end = System.nanoTime() + 3 * SECOND_NS;
        long last = clock.nowNs();
        long worst = 0;
        while (last < end) {
            final long before = System.nanoTime();
            final long now = clock.nowNs();
            final long after = System.nanoTime();
            assertTrue(now >= last, "backwards");
            last = now;
            worst = Math.max(worst, Math.max(before - now, now - after));
        }
        final long off = worst;
        assertTrue(clock.counting());
        assertTrue(off <= MonotonicClock.AGREE_NS, () -> "off by " + off + " ns");
    }

    @Test
    void readingAllocatesNothing() {
        assumeTrue(counterIsSteady(), "no time stamp counter that counts evenly");
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final MonotonicClock clock = new MonotonicClock(realCounter());
        final long end = System.nanoTime() + SECOND_NS / 2;
        while (clock.nowNs() < end) {
            Thread.onSpinWait();
        }
        long least = Long.MAX_VALUE; // the compiler's change of mind allocates once
        for (int batch = 0; batch < 3; batch++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000_000; i++) {
                clock.nowNs();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        final long allocated = least;
        assertTrue(allocated <= 64, () -> allocated + " bytes for a million readings");
    }

    @Test
    void theCounterIsForMachinesWhoseClockIsDear() {
        final boolean dear = CycleCounter.clockCostNs() >= 200;
        assertEquals(dear && counterIsSteady(), CycleCounter.probe().available(), CycleCounter.probe()::toString);
    }

    @Test
    void whatTheKernelSaysOfTheCounterCounts() {
        final String host = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu tsc constant_tsc nonstop_tsc\n";
        final String uml = "vendor_id\t: User Mode Linux\nflags\t\t: fpu tsc constant_tsc nonstop_tsc\n";
        assertTrue(CycleCounter.steady(host, "tsc hpet acpi_pm \n").available());
        assertTrue(CycleCounter.steady(uml, "timer\n").available());
        assertEquals(
                "the kernel does not trust the time stamp counter: see dmesg | grep -i tsc",
                CycleCounter.steady(host, "hpet acpi_pm \n").toString());
        assertFalse(CycleCounter.steady(host.replace(" nonstop_tsc", ""), "tsc hpet")
                .available());
        assertFalse(
                CycleCounter.steady(uml.replace("constant_tsc ", ""), "timer").available());
        assertFalse(CycleCounter.steady("", "").available());
    }

    private static boolean counterIsSteady() {
        return CycleCounter.steady().available();
    }

    /// The machine's own counter, though its clock may be cheap.
    private static MonotonicClock.Source realCounter() {
        return new MonotonicClock.Source() {
            @Override
            public boolean usable() {
                return true;
            }

            @Override
            public long ticks() {
                return CycleCounter.ticks();
            }

            @Override
            public long ns() {
                return System.nanoTime();
            }
        };
    }
}
