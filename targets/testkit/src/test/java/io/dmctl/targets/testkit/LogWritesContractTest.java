package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.QueueLimits;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `d0` is the device, `d1` the log. The target does not take off where it begins, as the kernel's does not.
class LogWritesContractTest extends TargetContractTest {
    @Override
    protected TargetType type() {
        return OurTargets.named("log-writes");
    }

    @Override
    protected int devices() {
        return 2;
    }

    @Override
    protected int dataDevices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 200;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.get(0) + " " + devices.get(1);
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, ContractFixture.PAD + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(
                new BadLine("", "Invalid argument count", 22, 0),
                new BadLine("d0", "Invalid argument count", 22, 1),
                new BadLine("nosuch d1", "Device lookup failed", 2, 0),
                new BadLine("d0 nosuch", "Log device lookup failed", 2, 1));
    }

    /// It takes discards also where its device does not, for the log.
    @Override
    protected int discardStatus(boolean supported) {
        return 0;
    }

    @Test
    @Override
    void discardThatTheDevicesCannotDoIsRefused() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            f.lower.forEach(d -> d.without(ReqOp.DISCARD));
            f.pad.without(ReqOp.DISCARD);
            f.dev.reload("0 " + f.line());
            f.lower.getFirst().record();
            assertEquals(0, f.dev.status(ReqOp.DISCARD, 0, 0, 8));
            assertTrue(f.lower.getFirst().ops().isEmpty());
        }
    }

    /// It says that it takes flushes and FUA whatever is below.
    @Test
    @Override
    void withoutAVolatileCacheBelowThereIsNoneAbove() throws TableException {
        try (ContractFixture f = new ContractFixture(this, 1)) {
            final QueueLimits.Builder b = RamDevice.DISK.toBuilder();
            b.volatileCache = false;
            b.fua = false;
            f.lower.forEach(d -> d.limits(b.build()));
            f.dev.reload("0 " + f.line());
            assertTrue(f.dev.core().limits().volatileCache());
            assertTrue(f.dev.core().limits().fua());
        }
    }

    /// The log is never full: its device takes everything and keeps nothing.
    @Test
    @Override
    void aRequestAllocatesNothing() throws Exception {
        final RamDevice endless = new EndlessDevice("d1", Long.MAX_VALUE >> 9);
        assertArrayEquals(
                new long[] {0, 0},
                AllocationGate.bytes(
                        type(), lenSectors(), "d0 d1", List.of(new RamDevice("d0", lenSectors()), endless)));
    }
}
