package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is read is what the buffer held: zeros, in the contract test's new arrays.
class NullContractTest extends TargetContractTest {
    @Override
    protected TargetType type() {
        return OurTargets.named("null");
    }

    @Override
    protected int devices() {
        return 0;
    }

    @Override
    protected long lenSectors() {
        return 240;
    }

    @Override
    protected String params(List<String> devices) {
        return "";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Zeros();
    }

    @Override
    protected List<BadLine> badLines() {
        return List.of(new BadLine("x", "No arguments required", 22, 0));
    }

    @Test
    void aReadLeavesItsBufferAsItIs() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            final TestDevice dev = g.create("dev", "0 8 null");
            final byte[] buffer = new byte[4096];
            Arrays.fill(buffer, (byte) 7);
            final byte[] before = buffer.clone();
            assertEquals(0, dev.await(dev.start(ReqOp.READ, 0, 0, 8, buffer)));
            assertArrayEquals(before, buffer);
        }
    }
}
