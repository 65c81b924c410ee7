package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.Mangling;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `rename` and `mangle`.
final class Renaming {
    /// libdm's number of this change.
    private static final int RENAME = 8;

    private final Host host;

    Renaming(Host host) {
        this.host = host;
    }

    void rename(List<String> words) throws Failed {
        final Device device = host.device(words.size() == 2 ? words.getFirst() : null);
        final String word = words.getLast();
        final boolean isUuid = host.switches.has(Opt.SETUUID);
        final String to;
        try {
            to = isUuid ? host.newUuid(word) : newName(word);
        } catch (Failed e) {
            throw host.shell.backtrace(e);
        }
        if (isUuid) {
            setUuid(device, to);
        } else {
            rename(device, to);
        }
    }

    private String newName(String word) throws Failed {
        if (word.indexOf('/') >= 0) {
            throw host.shell.failed("Name \"" + word + "\" invalid. It contains \"/\".");
        }
        final String raw = host.name(word, "new name", "new device name \"" + word + "\"");
        if (raw.isEmpty()) {
            throw host.shell.failed("Non empty new name is required.");
        }
        return raw;
    }

    private void rename(Device device, String newName) throws Failed {
        host.udev.change("rename", RENAME, sent -> {
            final DmDeviceInfo renamed = send(
                    device,
                    newName,
                    sent,
                    () -> new DmTask.DevRename(Device.dmName(device.name()), Device.dmName(newName)));
            host.files.renamed(device.name(), newName, renamed.devno());
            return renamed;
        });
    }

    private void setUuid(Device device, String rawUuid) throws Failed {
        final byte[] uuid = rawUuid.getBytes(StandardCharsets.ISO_8859_1);
        host.udev.change(
                "rename",
                RENAME,
                sent -> send(
                        device,
                        rawUuid,
                        sent,
                        () -> new DmTask.DevSetUuid(Device.dmName(device.name()), DmUuid.ofBytes(uuid))));
    }

    private DmDeviceInfo send(Device device, String to, int sent, Supplier<DmTask<DmDeviceInfo>> task) throws Failed {
        final DmTask<DmDeviceInfo> made;
        try {
            made = task.get();
        } catch (IllegalArgumentException e) {
            host.kernel.absent("rename", device, to);
            // The kernel looks for a device that is to be renamed by its name only.
            throw host.kernel.failed("rename", device, device.name().isEmpty() ? Errno.ENXIO : Errno.EINVAL);
        }
        final DmDeviceInfo renamed = host.kernel.run("rename", device, id -> new DmTask.WithCookie<>(made, sent));
        host.udev.heard(renamed.ueventGenerated());
        return renamed;
    }

    /// Renames a device whose name is not in the form that `--manglename` asks for.
    void mangle(@Nullable String named) throws Failed {
        final Device device = host.device(named);
        final DmDeviceInfo state = host.kernel.find("status", device, id -> new DmTask.DevStatus(id, false));
        if (state == null) {
            throw host.shell.backtrace(new Failed());
        }
        final Info info = host.info(state);
        final String word = named == null ? info.name() : named;
        final MangleMode wanted = MangleMode.of(host.switches.value(Opt.MANGLENAME, "auto"));
        if (wanted == MangleMode.AUTO) {
            requireOnce("name", info.rawName(), "rename the device");
            requireOnce("UUID", info.rawUuid(), "correct the device UUID");
        }
        final String name = form(wanted, info.rawName(), "name");
        final String uuid = form(wanted, info.rawUuid(), "UUID");
        if (!uuid.equals(info.rawUuid())) {
            host.shell.error(word + ": " + info.uuid() + ": UUID in incorrect form. ");
            throw host.shell.failed("Unable to change device UUID. The device must be deactivated first.");
        }
        if (name.equals(RawText.ofUtf8(word))) {
            host.shell.print(word + ": " + (uuid.isEmpty() ? "[no UUID]" : info.uuid()) + ": name "
                    + (uuid.isEmpty() ? "" : "and UUID ") + "already in correct form");
            return;
        }
        host.shell.print(word + ": renaming to " + RawText.display(name));
        // dmsetup begins with the words anew.
        rename(host.device(named), newName(RawText.display(name)));
    }

    private String form(@Nullable MangleMode wanted, String raw, String what) throws Failed {
        if (wanted == MangleMode.NONE) {
            return Mangling.unmangle(raw);
        }
        try {
            return host.mangling.mangled(raw, what, host.shell);
        } catch (Failed e) {
            host.shell.error("Failed to mangle device " + (what.equals("UUID") ? "uuid" : what) + " \""
                    + RawText.display(raw) + "\".");
            throw host.shell.backtrace(e);
        }
    }

    private void requireOnce(String what, String raw, String remedy) throws Failed {
        if (raw.contains("\\x5cx")) {
            throw host.shell.failed("The " + what + " \"" + RawText.display(raw)
                    + "\" seems to be mangled more than once. Manual intervention required to " + remedy + ".");
        }
    }
}
