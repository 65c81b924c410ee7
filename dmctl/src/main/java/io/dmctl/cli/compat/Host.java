package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the commands of one run work with.
///
/// Thread rule: one thread.
final class Host implements AutoCloseable {
    private static final int NAME_BYTES = 128;

    final Shell shell;
    final Switches switches;
    final Kernel kernel;
    /// Where the names of devices are, `/dev/mapper`.
    final String folder;

    final DeviceFiles files;
    final UdevSync udev;
    /// The transaction that the user named, 0 without one.
    int udevCookie;

    MangleMode mangling;
    /// How sizes are shown.
    SizeUnits units = SizeUnits.SECTORS;

    Host(Shell shell, Switches switches, String devFolder) {
        this.shell = shell;
        this.switches = switches;
        this.kernel = new Kernel(shell, switches);
        this.folder = devFolder + (devFolder.endsWith("/") ? "" : "/") + "mapper";
        this.files = new DeviceFiles(this);
        this.udev = new UdevSync(this);
        final MangleMode given = MangleMode.of(switches.value(Opt.MANGLENAME, ""));
        final MangleMode usual = MangleMode.of(shell.variable("DM_DEFAULT_NAME_MANGLING_MODE"));
        this.mangling = given != null ? given : usual != null ? usual : MangleMode.AUTO;
    }

    /// As [#device], for a message of dmstats.
    Device messaged(@Nullable String word) throws Failed {
        try {
            kernel.open();
            return word == null ? byOption() : named(word);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    /// The device that the command line means: `word` where there is one, else by option.
    Device device(@Nullable String word) throws Failed {
        try {
            kernel.open();
            return word == null ? byOption() : leaving(word);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private Device leaving(String word) throws Failed {
        try {
            return named(word);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private Device byOption() throws Failed {
        final String uuid = switches.value(Opt.UUID);
        if (uuid != null) {
            try {
                return Device.withUuid(uuid(uuid));
            } catch (Failed e) {
                throw shell.backtrace(e);
            }
        }
        if (!switches.has(Opt.MAJOR)) {
            throw shell.failed("No device specified.");
        }
        return Device.numbered(switches.number(Opt.MAJOR), switches.number(Opt.MINOR));
    }

    /// A device by its name, or by a path that leads to it.
    Device named(String word) throws Failed {
        return Device.named(
                word.indexOf('/') >= 0 ? ofPath(word) : name(word, "name", "device name \"" + word + "\"."));
    }

    /// The raw name that is sent for `word`.
    ///
    /// @param what how the errors call it
    String name(String word, String what, String failing) throws Failed {
        final String raw = RawText.ofUtf8(word);
        if (raw.length() >= NAME_BYTES) {
            throw shell.failed("Name \"" + word + "\" too long" + (what.equals("name") ? "." : ""));
        }
        return mangle(raw, what, failing);
    }

    String uuid(String text) throws Failed {
        return mangle(RawText.ofUtf8(text), "UUID", "device uuid \"" + text + "\".");
    }

    /// A uuid that is to be given to a device.
    String newUuid(String text) throws Failed {
        return mangle(RawText.ofUtf8(text), "new UUID", "new device UUID \"" + text + "\"");
    }

    private String mangle(String raw, String what, String failing) throws Failed {
        final boolean twice = mangling == MangleMode.AUTO && raw.contains("\\x5cx");
        final String mangled;
        try {
            mangled = mangling.mangle(raw, what, shell);
        } catch (Failed e) {
            if (!twice) {
                shell.error("Failed to mangle " + failing);
            }
            throw e;
        }
        tellMangled(raw, mangled, what);
        return mangled;
    }

    /// Tells that a name or uuid is sent in another form; libdm tells it of each task that has it.
    void tellMangled(String raw, String mangled, String what) {
        if (!mangled.equals(raw)) {
            final String prefix = switch (what) {
                case "name" -> "Device name";
                case "UUID" -> "Device uuid";
                case "new UUID" -> "New device uuid";
                default -> "New device name";
            };
            shell.debug(
                    "%s mangled [%s]: %s --> %s",
                    prefix, mangling.word(), RawText.display(raw), RawText.display(mangled));
        }
    }

    private String ofPath(String path) throws Failed {
        final String last = path.substring(path.lastIndexOf('/') + 1);
        Devno devno = rdev(path);
        if (devno != null) {
            if (devno.equals(rdev(folder + "/" + last))) {
                return RawText.ofUtf8(last);
            }
        } else {
            final boolean oneSlash = path.indexOf('/') == path.lastIndexOf('/');
            devno = path.length() < 3 || path.startsWith("/") || !oneSlash ? null : rdev(folder + "/../" + path);
            if (devno == null) {
                throw shell.failed("Device " + path + " not found");
            }
        }
        for (String name : names()) {
            if (devno.equals(rdev(folder + "/" + name))) {
                return RawText.ofUtf8(name);
            }
        }
        throw shell.failed("Device " + last + " not found");
    }

    /// What is in the folder of devices; none of it has a newline.
    List<String> names() {
        return shell.look("names", () -> {
                    final String[] names = new File(folder).list();
                    return names == null ? "" : String.join("\n", names);
                })
                .lines()
                .toList();
    }

    /// The device number that a path stands for; null when it leads nowhere.
    @Nullable
    Devno rdev(String path) {
        final String seen = shell.look("number-of " + path, () -> {
            try {
                return Devno.ofStRdev((Long) Files.getAttribute(Path.of(path), "unix:rdev"))
                        .toString();
            } catch (IOException | InvalidPathException e) {
                return "";
            }
        });
        return seen.isEmpty() ? null : Devno.parse(seen);
    }

    /// The state in a reply, with its name and uuid as they are shown.
    Info info(DmDeviceInfo state) throws Failed {
        return new Info(shown(state.name()), shownUuid(state.uuid()), state);
    }

    private String shown(DmName name) throws Failed {
        return mangling.shown(RawText.ofBytes(name.bytes()), "name", shell);
    }

    private String shownUuid(Optional<DmUuid> uuid) throws Failed {
        return uuid.isEmpty() ? "" : mangling.shown(RawText.ofBytes(uuid.get().bytes()), "UUID", shell);
    }

    /// A device of the list of all.
    ///
    /// @param name as it is shown
    record Listed(String name, Devno devno) {}

    /// All devices, in the order of their names.
    List<Listed> all() throws Failed {
        final List<Listed> all = new ArrayList<>();
        boolean failed = false;
        try {
            for (DmListedDevice device : kernel.run("names", new DmTask.ListDevices(false))) {
                try {
                    all.add(new Listed(RawText.display(shown(device.name())), device.devno()));
                } catch (Failed e) {
                    failed = true;
                }
            }
        } catch (Failed e) {
            failed = true;
        }
        if (!kernel.own()) {
            shell.debugTime();
        }
        if (failed) {
            throw kernel.own() ? new Failed() : shell.backtrace(new Failed());
        }
        return all;
    }

    /// What is done with one of all devices.
    interface OnListed {
        void run(Listed device) throws Failed;
    }

    /// Does `one` for each of [#all], also behind one that fails; says so when there is none.
    void each(OnListed one) throws Failed {
        final List<Listed> all = all();
        if (all.isEmpty()) {
            shell.print("No devices found");
        }
        boolean failed = false;
        for (Listed device : all) {
            try {
                one.run(device);
            } catch (Failed e) {
                failed = true;
            }
        }
        if (failed) {
            throw new Failed();
        }
    }

    /// The major number of mapped devices; 0 without device-mapper.
    int dmMajor() {
        return Integer.parseInt(
                shell.look("dm-major", () -> Integer.toString(DmNodes.dmMajor().orElse(0))));
    }

    @Override
    public void close() {
        files.settle();
        kernel.close();
    }
}
