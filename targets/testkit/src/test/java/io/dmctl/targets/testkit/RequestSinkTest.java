package io.dmctl.targets.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.Request;
import io.dmctl.targets.core.RequestSink;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestSinkTest {
    private static final int ROUNDS = 100_000;

    /// Submits the request again as soon as it is done.
    private static final class Again implements RequestSink {
        private final MappedDevice device;
        private final ReqOp op;
        private int ends;

        Again(MappedDevice device, ReqOp op) {
            this.device = device;
            this.op = op;
        }

        @Override
        public void requestDone(Request request, IoThread thread) {
            if (++ends < ROUNDS) {
                submit(request, thread);
            }
        }

        void submit(Request request, IoThread thread) {
            request.init(op, 0, 0, op == ReqOp.FLUSH ? 0 : 8);
            device.submit(request, thread);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestSubmittedFromTheEndOfAnotherDoesNotNest(ReqOp op) throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            rounds(g, g.create("dev", "0 8 error").core(), op);
        }
    }

    @Test
    void alsoPastTheEnd() throws TableException {
        try (TestGroup g = new TestGroup(1)) {
            rounds(g, g.create("dev", "0 4 zero").core(), ReqOp.DISCARD);
        }
    }

    private static void rounds(TestGroup g, MappedDevice device, ReqOp op) {
        final Again again = new Again(device, op);
        final SimIoThread thread = g.threads().getFirst();
        thread.execute(() -> again.submit(new Request(again, 0), thread));
        g.scheduler().runToIdle();
        assertEquals(ROUNDS, again.ends);
    }
}
