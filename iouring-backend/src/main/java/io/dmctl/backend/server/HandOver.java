package io.dmctl.backend.server;

import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.targets.core.InFlight;
import io.dmctl.targets.core.IoGroup;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

/// What must hold before a server lets its devices go to the next: it is looked at while the server can
/// still go on, for a device that has begun to be quiesced cannot.
final class HandOver {
    private static final int BOUND_SECONDS = 10;
    private static final long LOOK_EVERY_NS = 10_000_000L;

    private HandOver() {}

    /// Waits until no command runs.
    ///
    /// @throws DmProtocolException ETIMEDOUT; EINTR when the thread is interrupted
    static void lock(Lock commands) throws DmProtocolException {
        try {
            if (!commands.tryLock(BOUND_SECONDS, TimeUnit.SECONDS)) {
                throw stays("a command, a suspend for one, has waited for " + BOUND_SECONDS + " s and more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DmProtocolException(Errno.EINTR, "interrupted");
        }
    }

    /// No device keeps from it, and the requests that are in flight now end.
    ///
    /// @throws DmProtocolException EOPNOTSUPP, ETIMEDOUT with what has the requests
    static void require(IoGroup group, Collection<ServedDevice> devices) throws DmProtocolException {
        final boolean suspended = devices.stream().anyMatch(d -> d.md.suspended());
        for (ServedDevice device : devices) {
            device.requireHandOver(suspended);
        }
        final boolean all = devices.stream().anyMatch(ServedDevice::failsWhatIsInFlight);
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
        InFlight left = all ? group.inFlight() : group.inFlight().below();
        while (!left.isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw stays("I/O has not ended in " + BOUND_SECONDS + " s: " + left);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
            left = left.left();
        }
    }

    private static DmProtocolException stays(String reason) {
        return new DmProtocolException(Errno.ETIMEDOUT, reason + "; the old server stays in charge");
    }
}
