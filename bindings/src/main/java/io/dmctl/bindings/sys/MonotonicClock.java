package io.dmctl.bindings.sys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `System.nanoTime` without its system call, where that is dear: the processor's counter, set by System.nanoTime again
/// and again (after 50 ms, then after twice the time, up to a second), so that it follows the kernel's clock.
/// Everywhere else it is System.nanoTime.
///
/// Both agree within [#AGREE_NS], so times of both may be compared, and those of two threads. It never goes backwards
/// on its thread. A counter that does not keep time is given up.
///
/// Thread rule: confined to the thread that uses it. Allocates nothing.
public final class MonotonicClock {
    private static final Logger log = LoggerFactory.getLogger(MonotonicClock.class);

    /// The blur of a setting, over the time to the next one, and the 500 ppm by which NTP may bend the kernel's clock.
    static final long AGREE_NS = 1_000_000;

    static final long FIRST_SET_NS = 50_000_000;
    static final long SET_EVERY_NS = 1_000_000_000;
    /// A setting that took longer, for the thread lost its processor meanwhile, is put off.
    static final long SHARP_NS = 50_000;

    private static final long PUT_OFF_AT_MOST_NS = 3_000_000_000L;
    private static final int SET_TRIES = 4;
    /// Fraction bits of the ns a tick: 2^33 ns is more than ever lies between settings, so the product fits.
    private static final int SHIFT = 30;
    /// Two settings' rates differ by less than 1/256: their blur, and NTP.
    private static final int RATE_SHIFT = 8;

    /// One is a machine that slept, or was moved to another.
    static final int BAD_RATES = 3;

    /// Where ticks and true time come from.
    interface Source {
        boolean usable();

        long ticks();

        long ns();
    }

    private static final Source MACHINE = new Source() {
        @Override
        public boolean usable() {
            return CycleCounter.probe().available();
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

    private final Source source;
    private boolean counting;
    /// The last setting: these ticks were that time.
    private long setTicks;

    private long setNs;
    /// ns a tick, with [#SHIFT] fraction bits; 0 while unknown.
    private long rate;
    /// Ticks from the last setting to the next; 0 while the rate is unknown.
    private long ticksToNext;

    private long nsToNext = FIRST_SET_NS;
    private int badRates;
    private long last = Long.MIN_VALUE;

    private long readTicks;
    private long readNs;
    private long readWidthTicks;

    public MonotonicClock() {
        this(MACHINE);
    }

    MonotonicClock(Source source) {
        this.source = source;
        counting = source.usable();
        if (counting) {
            read();
            setTicks = readTicks;
            setNs = readNs;
        }
    }

    /// Which clock this process has, and why, for a log.
    public static String describe() {
        final Availability counter = CycleCounter.probe();
        return (counter.available() ? "the processor's counter: " : "System.nanoTime: ") + counter.reason();
    }

    /// Now, ns, on the base of System.nanoTime. @HotPath
    public long nowNs() {
        final long now = Math.max(last, counting ? counted() : source.ns());
        last = now;
        return now;
    }

    private long counted() {
        final long passed = source.ticks() - setTicks;
        return passed >= 0 && passed < ticksToNext ? after(passed) : set(passed);
    }

    private long after(long ticks) {
        return setNs + ((ticks * rate) >> SHIFT);
    }

    /// Whether the counter is in use.
    boolean counting() {
        return counting;
    }

    private long set(long passed) {
        if (rate == 0) {
            final long now = source.ns();
            if (now - setNs < FIRST_SET_NS) {
                return now;
            }
        }
        read();
        if (rate != 0 && readWidthTicks > ticks(SHARP_NS) && passed >= 0 && passed < ticks(PUT_OFF_AT_MOST_NS)) {
            ticksToNext = passed + ticks(FIRST_SET_NS);
            return after(passed);
        }
        adjust();
        setTicks = readTicks;
        setNs = readNs;
        if (rate != 0) {
            ticksToNext = ticks(nsToNext);
            nsToNext = Math.min(2 * nsToNext, SET_EVERY_NS);
        }
        return readNs;
    }

    /// The rate between the last setting and what was read, unless something happened to the counter meanwhile.
    private void adjust() {
        final long ticks = readTicks - setTicks;
        final long now = ticks <= 0 ? 0 : (long) ((double) (readNs - setNs) * (1L << SHIFT) / ticks);
        if (now > 0 && (rate == 0 || Math.abs(now - rate) <= rate >> RATE_SHIFT)) {
            rate = now;
            badRates = 0;
        } else if (++badRates == BAD_RATES) {
            counting = false;
            log.warn("clock: the processor's counter does not keep time, System.nanoTime is used again");
        }
    }

    private long ticks(long ns) {
        return (ns << SHIFT) / rate;
    }

    /// One moment in ticks and in ns: the sharpest of some readings.
    private void read() {
        readWidthTicks = Long.MAX_VALUE;
        for (int i = 0; i < SET_TRIES; i++) {
            final long before = source.ticks();
            final long ns = source.ns();
            final long width = source.ticks() - before;
            if (width >= 0 && width < readWidthTicks) {
                readWidthTicks = width;
                readTicks = before + width / 2;
                readNs = ns;
            }
        }
    }
}
