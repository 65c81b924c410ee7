package io.dmctl.cli.compat;

import io.dmctl.bindings.control.UdevCookie;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Semaphores;
import java.io.File;
import java.util.Locale;

/// Waits for udev: a semaphore, whose key is the cookie, counts the events that udev's rules have still to tell done.
///
/// A cookie of the user's is a transaction: events are added to it, and who releases it waits. Without one each
/// change has its own. Where no udev runs nothing waits, and only the flags go along with a change.
final class UdevSync {
    /// udev ends a rule that takes longer.
    private static final long TIMEOUT_NS = 180_000_000_000L;

    private final Host host;
    private final Shell shell;
    private boolean looked;
    private boolean running;
    private boolean countable;
    /// That the change which is being made is counted by; 0 when nobody waits for it.
    private int cookie;

    UdevSync(Host host) {
        this.host = host;
        this.shell = host.shell;
    }

    /// Whether there is a udev to wait for, and what to wait with.
    boolean active() {
        look();
        if (isDisabled() || !countable) {
            return false;
        }
        try {
            // libdm asks the kernel whether it knows of cookies.
            host.kernel.open();
        } catch (Failed e) {
            return false;
        }
        return running && !host.switches.has(Opt.NOUDEVSYNC);
    }

    /// Looks once for a udev that runs, and says when there is none.
    void look() {
        if (looked) {
            return;
        }
        looked = true;
        running = !shell.isReplayed() && new File("/run/udev/control").exists();
        countable = true;
        if (!running) {
            shell.debug("Udev is not running. Not using udev synchronization code.");
            return;
        }
        try {
            Semaphores.all();
        } catch (ErrnoException e) {
            countable = false;
            shell.error("Kernel not configured for semaphores (System V IPC). Not using udev synchronization code.");
        }
        if (isDisabled()) {
            shell.error(
                    "Udev is running and DM_DISABLE_UDEV environment variable is set. Bypassing udev, device-mapper "
                            + "library will manage device nodes in device directory.");
        }
    }

    private boolean isDisabled() {
        return !shell.variable("DM_DISABLE_UDEV").isEmpty();
    }

    /// A change of a device that udev hears of, with the number that it is to send along; tells [#heard].
    interface Change<R> {
        R run(int sent) throws Failed;
    }

    /// Makes a change and waits for udev. `op` and `nr`: libdm's name and number of the change.
    <R> R change(String op, int nr, Change<R> change) throws Failed {
        try {
            final int sent = beginOrLeave(op, nr);
            try {
                final R reply = change.run(sent);
                shell.debugTime();
                return reply;
            } catch (Failed e) {
                complete();
                shell.debugTime();
                // The others have one function in dmsetup, which goes on to its end.
                throw op.equals("rename") ? shell.backtrace(e) : e;
            }
        } finally {
            end();
        }
    }

    private int beginOrLeave(String op, int nr) throws Failed {
        try {
            return begin(op, nr);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    /// Counts a change that is about to be made; answers what is to be sent along with it.
    int begin(String op, int nr) throws Failed {
        return begin(op, nr, host.udevCookie);
    }

    private int begin(String op, int nr, int given) throws Failed {
        cookie = 0;
        try {
            if (active()) {
                final int counter = given == 0 ? create() : given;
                increment(counter);
                cookie = counter;
                tell(
                        counter,
                        "assigned to " + op.toUpperCase(Locale.ROOT) + " task(" + nr + ") with flags" + flagNames());
            }
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
        final int off = isDisabled() ? UdevCookie.DISABLE_DM_RULES | UdevCookie.DISABLE_SUBSYSTEM_RULES : 0;
        return (UdevCookie.PRIMARY_SOURCE | flags() | off) << UdevCookie.FLAGS_SHIFT | (cookie & UdevCookie.BASE_MASK);
    }

    /// As [#begin], of a change that follows one in the same transaction.
    int again(String op, int nr) throws Failed {
        return begin(op, nr, cookie != 0 ? cookie : host.udevCookie);
    }

    private int flags() {
        return (host.switches.has(Opt.NOUDEVRULES)
                        ? UdevCookie.DISABLE_DM_RULES | UdevCookie.DISABLE_SUBSYSTEM_RULES
                        : 0)
                | (host.files.areUdevs() ? UdevCookie.DISABLE_LIBRARY_FALLBACK : 0);
    }

    /// A blank stands for each of the eight flags of a subsystem, none of which is set here.
    private String flagNames() {
        return (host.switches.has(Opt.NOUDEVRULES) ? " DISABLE_DM_RULES DISABLE_SUBSYSTEM_RULES" : "")
                + (host.files.areUdevs() ? " DISABLE_LIBRARY_FALLBACK" : "")
                + "         (0x" + Integer.toHexString(flags()) + ")";
    }

    /// `event`: udev hears of the change, and tells it done.
    void heard(boolean event) throws Failed {
        if (!event && active()) {
            shell.debug("Uevent not generated! Calling udev_complete internally to avoid process lock-up.");
            complete();
        }
    }

    /// Tells the change done, in udev's place.
    void complete() throws Failed {
        if (cookie != 0) {
            complete(cookie);
        }
    }

    /// The change is made, or has failed: waits for udev where the count is its own.
    void end() throws Failed {
        final int counter = cookie;
        cookie = 0;
        if (host.udevCookie == 0) {
            release(counter);
        }
    }

    /// A new semaphore of value 1; answers its cookie.
    int create() throws Failed {
        final int made = UdevCookie.create();
        if (made == -Errno.ENOSPC) {
            throw shell.failed(
                    "Limit for the maximum number of semaphores reached. You can check and set the limits in "
                            + "/proc/sys/kernel/sem.");
        }
        if (made < 0) {
            throw shell.failed("Failed to create notification semaphore: " + Errno.text(-made));
        }
        tell(made, "created");
        tell(made, "incremented to 1");
        return made;
    }

    /// Takes back what was counted for the owner, waits until all events are told done, removes the semaphore, and
    /// sees to nodes. 0: there is none.
    void release(int counter) throws Failed {
        try {
            if (counter != 0 && active()) {
                await(counter);
            }
        } finally {
            host.files.settle();
        }
    }

    private void await(int counter) throws Failed {
        final int id = findOrLeave(counter);
        try {
            decrement(counter, id);
        } catch (Failed e) {
            shell.error("Failed to set a proper state for notification semaphore identified by cookie value "
                    + both(counter) + " to initialize waiting for incoming notifications.");
            remove(counter, id);
            throw e;
        }
        tell(counter, "waiting for zero");
        if (!UdevCookie.await(id, TIMEOUT_NS)) {
            shell.error("dmctl: udev has not told " + both(counter) + " done within " + TIMEOUT_NS / 1_000_000_000L
                    + " seconds: it is waited for no more");
        }
        remove(counter, id);
    }

    private void remove(int counter, int id) throws Failed {
        final String told = told(counter, id);
        final int done = Semaphores.remove(id);
        if (done < 0) {
            throw shell.failed("Could not cleanup notification semaphore identified by cookie value " + both(counter)
                    + ": " + Errno.text(-done));
        }
        shell.debug("%s destroyed", told);
    }

    /// Tells an event of `counter` done.
    void complete(int counter) throws Failed {
        final int id = findOrLeave(counter);
        try {
            decrement(counter, id);
        } catch (Failed e) {
            throw shell.failed(
                    "Could not signal waiting process using notification semaphore identified by cookie value "
                            + both(counter));
        }
    }

    private void decrement(int counter, int id) throws Failed {
        final int value = shell.debugs() ? Semaphores.value(id) : 0;
        final int done = Semaphores.add(id, -1);
        if (done < 0) {
            throw shell.failed("cookie dec: semid " + id + ": semop failed for cookie " + UdevCookie.hex(counter) + ": "
                    + (done == -Errno.EAGAIN ? "incorrect semaphore state" : Errno.text(-done)));
        }
        tell(counter, "decremented to " + (value - 1));
    }

    private void increment(int counter) throws Failed {
        final int id = find(counter);
        final int done = Semaphores.add(id, 1);
        if (done < 0) {
            shell.error("cookie inc: semid " + id + ": semop failed for cookie " + UdevCookie.hex(counter) + ": "
                    + Errno.text(-done));
            throw shell.failed("Could not set notification semaphore identified by cookie value " + both(counter));
        }
        if (shell.debugs()) {
            tell(counter, "incremented to " + Semaphores.value(id));
        }
    }

    private void tell(int counter, String what) {
        if (shell.debugs()) {
            shell.debug("%s %s", told(counter, Semaphores.find(counter)), what);
        }
    }

    private static String told(int counter, int id) {
        return "Udev cookie " + UdevCookie.hex(counter) + " (semid " + id + ")";
    }

    private int findOrLeave(int counter) throws Failed {
        try {
            return find(counter);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private int find(int counter) throws Failed {
        if (counter >>> UdevCookie.FLAGS_SHIFT != UdevCookie.MAGIC) {
            throw shell.failed("Could not continue to access notification semaphore identified by cookie value "
                    + both(counter) + ". Incorrect cookie prefix.");
        }
        final int id = Semaphores.find(counter);
        if (id >= 0) {
            return id;
        }
        throw shell.failed(
                switch (-id) {
                    case Errno.ENOENT ->
                        "Could not find notification semaphore identified by cookie value " + both(counter);
                    case Errno.EACCES ->
                        "No permission to access notification semaphore identified by cookie value " + both(counter);
                    default ->
                        "Failed to access notification semaphore identified by cookie value " + both(counter) + ": "
                                + Errno.text(-id);
                });
    }

    static String both(int cookie) {
        return Integer.toUnsignedString(cookie) + " (" + UdevCookie.hex(cookie) + ")";
    }
}
