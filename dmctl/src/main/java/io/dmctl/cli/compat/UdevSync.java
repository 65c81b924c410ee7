package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmAck;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.UdevCookie;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Semaphores;
import java.io.File;
import java.util.function.Function;

/// Waits for udev: a semaphore, whose key is the cookie, counts the events that udev's rules have still to tell done.
///
/// A cookie of the user's is a transaction: events are added to it, and who releases it waits. Without one each change
/// has
/// its own. Where no udev runs nothing waits, and only the flags go along with a change.
final class UdevSync {
    /// udev ends a rule that takes longer.
    private static final long TIMEOUT_NS = 180_000_000_000L;

    private final Host host;

    UdevSync(Host host) {
        this.host = host;
    }

    /// Whether there is a udev to wait for, and what to wait with.
    boolean active() {
        if (host.shell.isReplayed()
                || host.switches.has(Opt.NOUDEVSYNC)
                || !host.shell.variable("DM_DISABLE_UDEV").isEmpty()
                || !new File("/run/udev/control").exists()) {
            return false;
        }
        try {
            Semaphores.all();
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /// Resumes, renames.
    DmDeviceInfo change(String op, Device device, Function<DmId, DmTask<DmDeviceInfo>> task) throws Failed {
        return run(
                cookie -> host.kernel.run(op, device, id -> new DmTask.WithCookie<>(task.apply(id), cookie)),
                DmDeviceInfo::ueventGenerated);
    }

    /// Removes: does `task` with the number that it is to send along.
    DmAck remove(Change<DmAck> task) throws Failed {
        return run(task, DmAck::ueventGenerated);
    }

    /// A change of a device that udev hears of.
    interface Change<R> {
        R run(int cookie) throws Failed;
    }

    private <R> R run(Change<R> change, Function<R, Boolean> eventful) throws Failed {
        final boolean waits = active();
        final boolean own = host.udevCookie == 0;
        final int cookie = !waits ? 0 : own ? create() : host.udevCookie;
        final int sent = flags() << UdevCookie.FLAGS_SHIFT | (cookie & UdevCookie.BASE_MASK);
        boolean event = false;
        try {
            if (waits) {
                add(cookie, 1);
            }
            final R reply = change.run(sent);
            event = eventful.apply(reply);
            return reply;
        } finally {
            if (waits && !event) {
                // Nobody will tell it done.
                add(cookie, -1);
            }
            if (waits && own) {
                release(cookie);
            }
        }
    }

    private int flags() {
        final boolean noRules = host.switches.has(Opt.NOUDEVRULES)
                || !host.shell.variable("DM_DISABLE_UDEV").isEmpty();
        return UdevCookie.PRIMARY_SOURCE
                | (noRules ? UdevCookie.DISABLE_DM_RULES | UdevCookie.DISABLE_SUBSYSTEM_RULES : 0)
                | (host.files.areUdevs() ? UdevCookie.DISABLE_LIBRARY_FALLBACK : 0);
    }

    /// A new semaphore of value 1; answers its cookie.
    int create() throws Failed {
        final int cookie = UdevCookie.create();
        if (cookie == -Errno.ENOSPC) {
            host.shell.error("Limit for the maximum number of semaphores reached. You can check and set the limits in "
                    + "/proc/sys/kernel/sem.");
            throw host.shell.failed("Failed to create udev notification semaphore.");
        }
        if (cookie < 0) {
            throw host.shell.failed("Failed to create notification semaphore: " + Errno.text(-cookie));
        }
        return cookie;
    }

    /// Takes back what was counted for the owner, waits until all events are told done, and removes the semaphore.
    void release(int cookie) throws Failed {
        if (!active()) {
            return;
        }
        final int id = find(cookie);
        Semaphores.add(id, -1);
        if (!UdevCookie.await(id, TIMEOUT_NS)) {
            host.shell.error("dmctl: udev has not told " + both(cookie) + " done within " + TIMEOUT_NS / 1_000_000_000L
                    + " seconds: it is waited for no more");
        }
        Semaphores.remove(id);
    }

    void add(int cookie, int change) throws Failed {
        final int id = find(cookie);
        final int done = Semaphores.add(id, change);
        if (done < 0) {
            host.shell.error(
                    "semid " + id + ": semop failed for cookie " + UdevCookie.hex(cookie) + ": " + Errno.text(-done));
            throw host.shell.failed(
                    "Could not signal waiting process using notification semaphore identified by cookie value "
                            + both(cookie));
        }
    }

    private int find(int cookie) throws Failed {
        final int id = Semaphores.find(cookie);
        if (id >= 0) {
            return id;
        }
        throw host.shell.failed(
                switch (-id) {
                    case Errno.ENOENT ->
                        "Could not find notification semaphore identified by cookie value " + both(cookie);
                    case Errno.EACCES ->
                        "No permission to access notificaton semaphore identified by cookie value " + both(cookie);
                    default ->
                        "Failed to access notification semaphore identified by cookie value " + both(cookie) + ": "
                                + Errno.text(-id);
                });
    }

    static String both(int cookie) {
        return Integer.toUnsignedString(cookie) + " (" + UdevCookie.hex(cookie) + ")";
    }
}
