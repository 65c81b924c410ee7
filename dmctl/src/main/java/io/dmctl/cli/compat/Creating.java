package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmAck;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// `create` and `load`.
final class Creating {
    /// libdm's numbers of these changes.
    private static final int CREATE = 0;

    private static final int REMOVE = 2;

    private final Host host;
    private final Showing showing;
    /// Whether any device so far had a table.
    private boolean hasTargets;

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
        final DmDeviceInfo made;
        try {
            made = make(name, file);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        } finally {
            host.udev.end();
        }
        if (host.switches.has(Opt.VERBOSE)) {
            showing.state(host.info(made));
        }
    }

    private DmDeviceInfo make(String name, @Nullable String file) throws Failed {
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
        final Device device = new Device(
                named.name(),
                uuid,
                switches.has(Opt.MAJOR) ? switches.number(Opt.MAJOR) : 0,
                switches.has(Opt.MINOR) ? switches.number(Opt.MINOR) : -1);
        hasTargets |= !table.lines().isEmpty();
        // Without a table nothing comes to life that udev would hear of.
        final boolean cookie = !switches.has(Opt.NOTABLE) && hasTargets;
        final int sent = cookie ? host.udev.begin("create", CREATE) : 0;
        try {
            return table.lines().isEmpty() ? make(device, cookie) : bringToLife(name, device, table, sent);
        } finally {
            host.shell.debugTime();
        }
    }

    /// `cookie`: one goes along with what follows.
    private DmDeviceInfo make(Device device, boolean cookie) throws Failed {
        final Device shown = device.minor() < 0 ? device : ofDeviceMapper(device);
        final Kernel.Outcome<DmDeviceInfo> outcome;
        try {
            final DmName name = Device.dmName(device.name());
            final Optional<DmUuid> withUuid = device.uuid().isEmpty()
                    ? Optional.empty()
                    : Optional.of(DmUuid.ofBytes(device.uuid().getBytes(StandardCharsets.ISO_8859_1)));
            final OptionalInt minor = device.minor() < 0 ? OptionalInt.empty() : OptionalInt.of(device.minor());
            outcome = host.kernel.attempt("create", shown, new DmTask.DevCreate(name, withUuid, minor));
        } catch (IllegalArgumentException e) {
            host.kernel.absent("create", shown, "");
            throw host.kernel.failed("create", shown, Errno.EINVAL);
        }
        if (outcome.reply() == null) {
            throw host.kernel.failed("create", shown, outcome.errno());
        }
        host.files.created(device.name(), outcome.reply().devno(), cookie);
        return outcome.reply();
    }

    /// Device-mapper has one major number, whatever the user said.
    private Device ofDeviceMapper(Device device) {
        final int major = host.dmMajor();
        final boolean isOwn = host.kernel.own() || !host.switches.has(Opt.MAJOR);
        if (isOwn && device.major() != major) {
            final String given = host.switches.has(Opt.MAJOR) ? Integer.toString(device.major()) : "-1";
            host.shell.debug("Overriding major number of %s with %s for persistent device.", given, major);
        }
        return new Device(device.name(), device.uuid(), major, device.minor());
    }

    /// Makes, loads and resumes; a device whose table cannot be put in use is removed again.
    private DmDeviceInfo bringToLife(String word, Device device, DmTable table, int sent) throws Failed {
        host.tellMangled(RawText.ofUtf8(word), device.name(), "name");
        host.tellMangled(RawText.ofUtf8(host.switches.value(Opt.UUID, "")), device.uuid(), "UUID");
        final DmDeviceInfo made;
        try {
            made = host.kernel.byItself(() -> make(device, true));
        } catch (Failed e) {
            host.shell.backtrace();
            host.udev.complete();
            throw e;
        }
        Device resumed = new Device(device.name(), "", device.major(), device.minor());
        try {
            host.tellMangled(RawText.ofUtf8(word), device.name(), "name");
            load(
                    new Device(
                            device.name(),
                            "",
                            made.devno().major(),
                            made.devno().minor()),
                    table);
            resumed = resumed.lacksMajor() ? ofDeviceMapper(resumed) : resumed;
            final DmDeviceInfo live = host.kernel.run(
                    "resume", resumed, id -> new DmTask.WithCookie<>(new DmTask.DevResume(id, false, false), sent));
            host.udev.heard(live.ueventGenerated());
            host.files.resumed(device.name(), live.devno());
            return live;
        } catch (Failed e) {
            host.udev.complete();
            takeBack(resumed);
            throw e;
        }
    }

    private void load(Device device, DmTable table) throws Failed {
        host.kernel.byItself(() -> host.kernel.runOrLeave(
                "reload", device, id -> new DmTask.TableLoad(id, table, host.switches.has(Opt.READONLY))));
    }

    private void takeBack(Device device) throws Failed {
        try {
            final int sent = host.udev.again("remove", REMOVE);
            if (device.major() > 0 && device.minor() >= 0) {
                // dmsetup sends name and number together here, which the kernel takes for a device that there is not.
                host.kernel.absent("remove", device, "");
                throw host.kernel.failed("remove", device, Errno.ENXIO);
            }
            final DmAck done = host.kernel.run(
                    "remove", device, id -> new DmTask.WithCookie<>(new DmTask.DevRemove(id, false), sent));
            host.udev.heard(done.ueventGenerated());
            host.files.removed(device.name());
        } catch (Failed e) {
            host.udev.complete();
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
        final DmTable table;
        try {
            table = TableText.read(switches.value(Opt.TABLE), rest.size() == 1 ? rest.getFirst() : null, host.shell);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        final DmDeviceInfo loaded = host.kernel.runOrLeave(
                "reload", device, id -> new DmTask.TableLoad(id, table, switches.has(Opt.READONLY)));
        if (switches.has(Opt.VERBOSE)) {
            showing.state(host.info(loaded));
        }
    }
}
