package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// `create` and `load`.
final class Creating {
    private final Host host;
    private final Showing showing;

    Creating(Host host, Showing showing) {
        this.host = host;
        this.showing = showing;
    }

    void create(List<String> words) throws Failed {
        if (host.switches.has(Opt.CONCISE)) {
            if (words.size() > 1) {
                throw host.shell.failed("dmsetup create --concise takes at most one argument");
            }
            concise(words.isEmpty() ? null : words.getFirst());
            return;
        }
        if (words.isEmpty()) {
            throw host.shell.failed("Please provide a name for the new device.");
        }
        one(words.getFirst(), words.size() == 2 ? words.get(1) : null);
    }

    private void concise(@Nullable String given) throws Failed {
        for (Opt opt : List.of(Opt.TABLE, Opt.MINOR, Opt.UUID, Opt.NOTABLE, Opt.INACTIVE)) {
            if (host.switches.has(opt)) {
                throw host.shell.failed("--concise is incompatible with --[no]table, --minor, --uuid and --inactive.");
            }
        }
        final String text = given != null ? given : TableText.text(host.shell.in(), host.shell);
        final Concise devices = new Concise(text, host.shell);
        for (Concise.Entry device = devices.next(); device != null; device = devices.next()) {
            one(device);
        }
    }

    private void one(Concise.Entry device) throws Failed {
        final Switches switches = host.switches;
        if (!device.uuid().isEmpty()) {
            switches.set(Opt.UUID, device.uuid());
        }
        if (!device.minor().isEmpty()) {
            switches.set(Opt.MINOR, device.minor());
        }
        if (device.flags().equals("ro")) {
            switches.set(Opt.READONLY, "");
        } else if (!device.flags().isEmpty() && !device.flags().equals("rw")) {
            throw host.shell.failed("Invalid flags parameter '" + device.flags() + "' must be 'ro' or 'rw' or empty.");
        }
        switches.set(Opt.TABLE, device.table());
        one(device.name(), null);
        switches.clear(Opt.UUID);
        switches.clear(Opt.MINOR);
        switches.clear(Opt.READONLY);
    }

    private void one(String name, @Nullable String file) throws Failed {
        final Switches switches = host.switches;
        host.kernel.open();
        if (name.indexOf('/') >= 0) {
            throw host.shell.failed("Name \"" + name + "\" invalid. It contains \"/\".");
        }
        final Device named = host.named(name);
        final String uuid = switches.has(Opt.UUID) ? host.uuid(switches.value(Opt.UUID, "")) : "";
        final DmTable table = switches.has(Opt.NOTABLE)
                ? new DmTable(List.of())
                : TableText.read(switches.value(Opt.TABLE), file, host.shell);
        final DmDeviceInfo made = make(named, uuid);
        host.files.add(made.name(), made.devno(), false);
        DmDeviceInfo last = made;
        if (!table.lines().isEmpty()) {
            last = bringToLife(named, made, table);
        }
        if (switches.has(Opt.VERBOSE)) {
            showing.state(host.info(last));
        }
    }

    private DmDeviceInfo make(Device named, String uuid) throws Failed {
        final int minor = host.switches.has(Opt.MINOR) ? host.switches.number(Opt.MINOR) : -1;
        final Device shown = minor < 0
                ? new Device(named.name(), uuid, 0, -1)
                : new Device(named.name(), uuid, host.dmMajor(), minor);
        final Kernel.Outcome<DmDeviceInfo> outcome;
        try {
            final DmName name = Device.dmName(named.name());
            final Optional<DmUuid> withUuid = uuid.isEmpty()
                    ? Optional.empty()
                    : Optional.of(DmUuid.ofBytes(uuid.getBytes(StandardCharsets.ISO_8859_1)));
            outcome = host.kernel.attempt(
                    new DmTask.DevCreate(name, withUuid, minor < 0 ? OptionalInt.empty() : OptionalInt.of(minor)));
        } catch (IllegalArgumentException e) {
            throw host.kernel.failed("create", shown, Errno.EINVAL);
        }
        if (outcome.reply() == null) {
            throw host.kernel.failed("create", shown, outcome.errno());
        }
        return outcome.reply();
    }

    /// Loads and resumes; a device whose table cannot be put in use is removed again.
    private DmDeviceInfo bringToLife(Device named, DmDeviceInfo made, DmTable table) throws Failed {
        final Device numbered =
                new Device(named.name(), "", made.devno().major(), made.devno().minor());
        final boolean byNumber = host.switches.has(Opt.MAJOR);
        final Device resumed = byNumber
                ? new Device(named.name(), "", host.switches.number(Opt.MAJOR), host.switches.number(Opt.MINOR))
                : named;
        boolean alive = false;
        try {
            host.kernel.run("reload", numbered, id -> new DmTask.TableLoad(id, table, host.switches.has(Opt.READONLY)));
            final DmDeviceInfo live = host.udev.change("resume", resumed, id -> new DmTask.DevResume(id, false, false));
            alive = true;
            host.files.add(live.name(), live.devno(), true);
            host.files.setReadAhead(host.info(live));
            return live;
        } finally {
            if (!alive) {
                takeBack(resumed, byNumber);
            }
        }
    }

    private void takeBack(Device device, boolean byNumber) {
        try {
            if (byNumber) {
                // dmsetup sends name and number together here, which the kernel takes for a device that there is not.
                throw host.kernel.failed("remove", device, Errno.ENXIO);
            }
            host.udev.remove(cookie -> host.kernel.run(
                    "remove", device, id -> new DmTask.WithCookie<>(new DmTask.DevRemove(id, false), cookie)));
        } catch (Failed e) {
            host.shell.error("Failed to revert device creation.");
        }
    }

    void load(List<String> words) throws Failed {
        final Switches switches = host.switches;
        if (switches.has(Opt.NOTABLE)) {
            throw host.shell.failed("--notable only available when creating new device.");
        }
        final boolean byOption = switches.has(Opt.UUID) || switches.has(Opt.MAJOR);
        if (!byOption && words.isEmpty()) {
            throw host.shell.failed("Please specify device.");
        }
        final List<String> rest = byOption ? words : words.subList(1, words.size());
        if (byOption && rest.size() > 1) {
            throw host.shell.failed("Too many command line arguments.");
        }
        final Device device = host.device(byOption ? null : words.getFirst());
        final DmTable table =
                TableText.read(switches.value(Opt.TABLE), rest.size() == 1 ? rest.getFirst() : null, host.shell);
        final DmDeviceInfo loaded =
                host.kernel.run("reload", device, id -> new DmTask.TableLoad(id, table, switches.has(Opt.READONLY)));
        if (switches.has(Opt.VERBOSE)) {
            showing.state(host.info(loaded));
        }
    }
}
