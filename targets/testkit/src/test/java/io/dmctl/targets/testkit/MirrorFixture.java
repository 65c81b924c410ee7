package io.dmctl.targets.testkit;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Legs `d0`, `d1`, ... whose copy starts at sector 4 times their number, and a log device `log`.
final class MirrorFixture implements AutoCloseable {
    static final int LEN = 200;
    static final int REGION = 16;
    static final int REGIONS = 13;
    private static final int LOG_SECTORS = 16;

    final TestGroup g;
    final List<CrashDevice> legs = new ArrayList<>();
    final CrashDevice log;
    final TestDevice dev;

    MirrorFixture(long seed, int legCount) {
        this(new TestGroup.Config(seed, 2, 16, 8), legCount);
    }

    MirrorFixture(TestGroup.Config config, int legCount) {
        g = new TestGroup(config, OurTargets.named("mirror"));
        for (int i = 0; i < legCount; i++) {
            legs.add(g.crash("d" + i, LEN + 4L * legCount));
        }
        log = g.crash("log", LOG_SECTORS);
        dev = g.create("dev");
    }

    /// `log` is what stands before the legs, `features` what stands after them.
    String table(String logArgs, String features) {
        final StringBuilder line = new StringBuilder("0 " + LEN + " mirror " + logArgs + " " + legs.size());
        for (int i = 0; i < legs.size(); i++) {
            line.append(" d").append(i).append(' ').append(4 * i);
        }
        return line + features;
    }

    MirrorFixture load(String logArgs, String features) throws TableException {
        dev.reload(table(logArgs, features));
        return this;
    }

    /// Lets all come to rest: recovery, and what makes regions clean.
    MirrorFixture idle() {
        g.scheduler().runToIdle();
        return this;
    }

    byte[] random(int sectors) {
        final byte[] bytes = new byte[sectors << 9];
        g.scheduler().random().nextBytes(bytes);
        return bytes;
    }

    int next(int bound) {
        return g.scheduler().random().nextInt(bound);
    }

    byte[] leg(int i) {
        return Arrays.copyOfRange(legs.get(i).contents(), (4 * i) << 9, (4 * i + LEN) << 9);
    }

    void setLeg(int i, byte[] copy) {
        final byte[] all = legs.get(i).contents();
        System.arraycopy(copy, 0, all, (4 * i) << 9, copy.length);
        legs.get(i).setContents(all);
    }

    /// Every leg has other bytes.
    MirrorFixture scramble() {
        for (int i = 0; i < legs.size(); i++) {
            setLeg(i, random(LEN));
        }
        return this;
    }

    void equalLegs(byte[] expected) {
        for (int i = 0; i < legs.size(); i++) {
            ContractFixture.compare("leg " + i, expected, leg(i));
        }
    }

    /// The clean bits that are on the log device.
    BitSet clean() {
        return clean(log.contents());
    }

    static BitSet clean(byte[] logBytes) {
        return BitSet.valueOf(Arrays.copyOfRange(logBytes, 1024, 1024 + 8));
    }

    /// A log as the kernel writes it.
    MirrorFixture setLog(int magic, int version, long regions, BitSet clean) {
        final ByteBuffer bytes = ByteBuffer.allocate(LOG_SECTORS << 9).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, magic).putInt(4, version).putLong(8, regions);
        final byte[] bits = clean.toByteArray();
        bytes.put(1024, bits);
        log.setContents(bytes.array());
        return this;
    }

    /// Sectors that were read of leg `i`, per region, since [RamDevice#record].
    BitSet regionsRead(int i) {
        final BitSet read = new BitSet();
        for (DeviceOp op : legs.get(i).ops()) {
            if (op.op() == ReqOp.READ) {
                final int from = (int) op.sector() - 4 * i;
                read.set(from / REGION, (from + op.sectors() - 1) / REGION + 1);
            }
        }
        return read;
    }

    /// The status from the in-sync count on, without the log's part.
    String state() {
        return dev.info().replaceAll(".* (\\d+/\\d+ 1 [A-Z]+) .*", "$1");
    }

    @Override
    public void close() {
        g.close();
    }
}
