package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Semaphores;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The kernel's device-mapper, and udev behind it: a resume, a removal and a renaming end when udev's rules have ended,
/// so that the nodes and links in `/dev` are there, or gone.
///
/// Owns the transport that it is made with.
public final class UdevTransport implements DmTransport {
    private final DmTransport kernel;
    private final UdevPolicy policy;
    private @Nullable Boolean waits;

    public UdevTransport(DmTransport kernel, UdevPolicy policy) {
        this.kernel = kernel;
        this.policy = policy;
    }

    @Override
    public String call() {
        return kernel.call();
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        if (!udevHears(command, buffer)) {
            return kernel.run(command, buffer, inputBytes, attachments);
        }
        if (waits == null) {
            waits = policy.udevsNodes();
        }
        if (!waits) {
            return runAlone(command, buffer, inputBytes, attachments);
        }
        final int cookie = UdevCookie.create();
        if (cookie < 0) {
            return DmOutcome.failed(
                    -cookie, "no semaphore to wait for udev with: see /proc/sys/kernel/sem, or do without udev");
        }
        return runAndWait(command, buffer, inputBytes, attachments, cookie);
    }

    /// Whether the command is one whose event has udev's rules work. One that has a cookie already is its user's.
    private static boolean udevHears(int command, MemorySegment buffer) {
        final DmCommand known = DmCommand.of(command);
        final boolean changes = known == DmCommand.DEV_REMOVE
                || known == DmCommand.DEV_RENAME
                || (known == DmCommand.DEV_SUSPEND && !DmHeader.has(buffer, Dm.DM_SUSPEND_FLAG()));
        return changes && Ioctl.event_nr(buffer) == 0;
    }

    private DmOutcome runAlone(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        if (!policy.wanted()) {
            send(buffer, UdevCookie.DISABLE_DM_RULES | UdevCookie.DISABLE_SUBSYSTEM_RULES, 0);
        }
        return kernel.run(command, buffer, inputBytes, attachments);
    }

    private static void send(MemorySegment buffer, int flags, int cookie) {
        Ioctl.event_nr(
                buffer,
                (flags | UdevCookie.PRIMARY_SOURCE) << UdevCookie.FLAGS_SHIFT | (cookie & UdevCookie.BASE_MASK));
    }

    private DmOutcome runAndWait(
            int command, MemorySegment buffer, long inputBytes, DmAttachments attachments, int cookie)
            throws IOException {
        send(buffer, UdevCookie.DISABLE_LIBRARY_FALLBACK, cookie);
        final int id = Semaphores.find(cookie);
        try {
            final DmOutcome outcome = kernel.run(command, buffer, inputBytes, attachments);
            final boolean event = outcome.errno() == 0 && DmHeader.has(buffer, Dm.DM_UEVENT_GENERATED_FLAG());
            if (event && !UdevCookie.await(id, TimeUnit.SECONDS.toNanos(policy.timeoutSeconds()))) {
                policy.late()
                        .accept("udev has not told cookie " + UdevCookie.hex(cookie) + " done within "
                                + policy.timeoutSeconds() + " s: it is waited for no more");
            }
            return outcome;
        } finally {
            Semaphores.remove(id);
        }
    }

    @Override
    public void close() {
        kernel.close();
    }
}
