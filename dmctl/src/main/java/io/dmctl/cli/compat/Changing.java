package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmAck;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Errno;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The commands that change a device that is there.
final class Changing {
    private static final int RETRIES = 24;
    /// libdm's numbers of these changes.
    private static final int RESUME = 5;

    private static final int REMOVE = 2;
    private static final long RETRY_PAUSE_MS = 200;

    private final Host host;
    private final Showing showing;

    Changing(Host host, Showing showing) {
        this.host = host;
        this.showing = showing;
    }

    private boolean has(Opt opt) {
        return host.switches.has(opt);
    }

    void suspend(@Nullable String word) throws Failed {
        final Device device = host.device(word);
        if (has(Opt.CHECKS)) {
            lookBelow(device);
        }
        shown(host.kernel.run("suspend", device, id -> new DmTask.DevSuspend(id, has(Opt.NOFLUSH), has(Opt.NOLOCKFS))));
    }

    private void lookBelow(Device device) throws Failed {
        try {
            new SuspendedBelow(host).look(device);
        } catch (Failed e) {
            host.shell.debugTime();
            throw e;
        }
    }

    void resume(@Nullable String word) throws Failed {
        shown(resume(host.device(word)));
    }

    private DmDeviceInfo resume(Device device) throws Failed {
        return host.udev.change("resume", RESUME, sent -> {
            final DmDeviceInfo live = host.kernel.run(
                    "resume",
                    device,
                    id -> new DmTask.WithCookie<>(new DmTask.DevResume(id, has(Opt.NOFLUSH), has(Opt.NOLOCKFS)), sent));
            host.udev.heard(live.ueventGenerated());
            host.files.resumed(device.name(), live.devno());
            return live;
        });
    }

    void clear(@Nullable String word) throws Failed {
        shown(clear(host.device(word)));
    }

    private DmDeviceInfo clear(Device device) throws Failed {
        return host.kernel.run("clear", device, DmTask.TableClear::new);
    }

    private void shown(DmDeviceInfo state) throws Failed {
        if (has(Opt.VERBOSE)) {
            showing.state(host.info(state));
        }
    }

    void remove(@Nullable String word) throws Failed {
        if (has(Opt.FORCE) && word != null) {
            if (host.udevCookie != 0) {
                host.shell.error("WARNING: Use of cookie and --force is not compatible.");
            }
            try {
                wipe(word);
            } catch (Failed e) {
                // It has said so; the removal is tried all the same.
                host.shell.out().flush();
            }
        }
        final Device device = host.device(word);
        host.udev.change("remove", REMOVE, sent -> {
            final DmAck done;
            try {
                done = remove(device, sent);
            } finally {
                host.kernel.tries = 1;
            }
            host.udev.heard(done.ueventGenerated());
            host.files.removed(device.name());
            return done;
        });
    }

    private DmAck remove(Device device, int cookie) throws Failed {
        for (int left = has(Opt.RETRY) ? RETRIES : 0; ; left--, host.kernel.tries++) {
            final var outcome = host.kernel.attempt(
                    "remove",
                    device,
                    id -> new DmTask.WithCookie<>(new DmTask.DevRemove(id, has(Opt.DEFERRED)), cookie));
            if (outcome.reply() != null) {
                return outcome.reply();
            }
            final Failed failure = host.kernel.failed("remove", device, outcome.errno());
            if (outcome.errno() != Errno.EBUSY || left == 0) {
                throw failure;
            }
            try {
                Thread.sleep(RETRY_PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failure;
            }
        }
    }

    /// Its result is that of the steps together: one that works is enough.
    void removeAll() throws Failed {
        boolean ok = removedClosed();
        if (has(Opt.FORCE)) {
            final List<Host.Listed> left = host.all();
            if (!left.isEmpty()) {
                for (Host.Listed device : host.all()) {
                    ok |= tried(() -> wipe(device.name()));
                }
                ok |= removedClosed();
                final int still = host.all().size();
                if (still > 0) {
                    host.shell.error("Unable to remove " + still + " device(s).");
                }
            }
            ok = true;
        }
        if (!ok) {
            throw new Failed();
        }
    }

    private boolean removedClosed() {
        final boolean removed = tried(() -> host.kernel.run("remove_all", new DmTask.RemoveAll(has(Opt.DEFERRED))));
        final boolean repaired = tried(() -> host.files.repairAll());
        return removed || repaired;
    }

    private interface Step {
        void run() throws Failed;
    }

    private static boolean tried(Step step) {
        try {
            step.run();
            return true;
        } catch (Failed e) {
            return false;
        }
    }

    /// Puts an error target in place of what the device has.
    void wipe(@Nullable String word) throws Failed {
        if (word == null || word.isEmpty()) {
            throw host.shell.failed("No device specified.");
        }
        final long sectors = sectors(word);
        final Device device = host.device(word);
        final DmTable table = new DmTable(List.of(new DmTableLine(0, sectors, "error", "")));
        host.kernel.runOrLeave("reload", device, id -> new DmTask.TableLoad(id, table, has(Opt.READONLY)));
        if (has(Opt.FORCE)) {
            host.switches.set(Opt.NOLOCKFS, "");
            host.switches.set(Opt.NOFLUSH, "");
        }
        try {
            resume(host.device(word));
        } catch (Failed e) {
            tried(() -> clear(host.device(word)));
            throw host.shell.backtrace(e);
        }
    }

    private long sectors(String word) {
        try {
            long sectors = 0;
            for (DmStatusLine line : host.kernel
                    .runOrLeave(
                            "table",
                            host.device(word),
                            id -> new DmTask.TableStatus(id, Kind.TABLE, has(Opt.INACTIVE), false))
                    .lines()) {
                sectors += line.lenSectors();
            }
            return sectors;
        } catch (Failed e) {
            return 0;
        }
    }

    void message(List<String> words) throws Failed {
        final boolean byOption = has(Opt.UUID) || has(Opt.MAJOR);
        final Device device = host.device(byOption ? null : words.getFirst());
        final List<String> rest = byOption ? words : words.subList(1, words.size());
        final Long sector = Numbers.u64(rest.getFirst());
        if (sector == null) {
            throw host.shell.failed("Invalid sector.");
        }
        if (rest.size() == 1) {
            host.shell.error("No message supplied.");
        }
        final String text = String.join(" ", rest.subList(1, rest.size()));
        final Optional<String> reply =
                host.kernel.runOrLeave("message", device, id -> new DmTask.TargetMessage(id, sector, text));
        if (reply.isPresent()) {
            host.shell.out().print(reply.get());
            if (!reply.get().isEmpty() && !reply.get().endsWith("\n")) {
                host.shell.out().print('\n');
            }
        }
    }

    void setGeometry(List<String> words) throws Failed {
        final boolean byOption = has(Opt.UUID) || has(Opt.MAJOR);
        final Device device = host.device(byOption ? null : words.getFirst());
        final List<String> rest = byOption ? words : words.subList(1, words.size());
        final List<Long> numbers =
                rest.stream().map(Numbers::u64).filter(Objects::nonNull).toList();
        if (numbers.size() < rest.size()) {
            // The kernel reads numbers here and nothing else, once it has found the device.
            host.kernel.runOrLeave("setgeometry", device, id -> new DmTask.DevStatus(id, false));
            throw host.shell.backtrace(host.kernel.failed("setgeometry", device, Errno.EINVAL));
        }
        host.kernel.runOrLeave(
                "setgeometry",
                device,
                id -> new DmTask.SetGeometry(id, numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3)));
    }

    void await(List<String> words) throws Failed {
        final boolean byOption = has(Opt.UUID) || has(Opt.MAJOR);
        if (!byOption && words.isEmpty()) {
            throw host.shell.failed("No device specified.");
        }
        final Device device = host.device(byOption ? null : words.getFirst());
        final int rest = byOption ? 0 : 1;
        final int eventNr = words.size() > rest ? Numbers.atoi(words.getLast()) : 0;
        shown(host.kernel
                .run("waitevent", device, id -> new DmTask.DevWait(id, eventNr, has(Opt.NOFLUSH)))
                .info());
    }
}
