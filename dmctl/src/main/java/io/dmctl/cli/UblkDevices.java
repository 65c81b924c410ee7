package io.dmctl.cli;

import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublkctl.UblkControl;
import io.dmctl.bindings.ublkctl.UblkDeviceInfo;
import io.dmctl.bindings.ublkctl.UblkFeature;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ublk devices of this machine, and which of them are this user's devices of the Java engine.
///
/// @kernel drivers/block/ublk_drv.c `ublk_chr_class`
final class UblkDevices {
    private static final Path CLASS = Path.of("/sys/class/ublk-char");
    private static final Pattern WORD = Pattern.compile("(?:(?:/dev/)?ublk[bc])?([0-9]{1,7})");
    private static final int MAX_ID = (1 << 20) - 1;

    private final UblkControl control;
    private final Session session;

    UblkDevices(UblkControl control, Session session) {
        this.control = control;
        this.session = session;
    }

    /// N of a word that names a device.
    static int id(String word) throws CommandFailure {
        final Matcher matcher = WORD.matcher(word);
        final int id = matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
        if (id < 0 || id > MAX_ID) {
            throw CommandFailure.usage(
                    "'" + word + "' is no ublk device: give N, ublkbN, /dev/ublkbN or /dev/ublkcN, N to " + MAX_ID);
        }
        return id;
    }

    /// The device of ours that is shown as /dev/ublkb`id`.
    Optional<DeviceRecord> ours(int id) throws IOException {
        return session.engines().registry().all().stream()
                .filter(r -> r.ublkId() == id)
                .findFirst();
    }

    boolean isServed(DeviceRecord record) throws IOException {
        return !session.engines().hasDeadServer(record);
    }

    /// A line on standard error.
    void note(String text) {
        session.note(text);
    }

    // ---- the list ----

    void list() throws IOException {
        final Json json = session.json();
        if (json != null) {
            json.list("devices");
        }
        for (int id : ids()) {
            try {
                print(control.info(id));
            } catch (ErrnoException e) {
                if (e.errno() == Errno.EPERM || e.errno() == Errno.EACCES) {
                    note("ublkb" + id + ": another user's, which only root may look at");
                } else if (e.errno() != Errno.ENODEV) { // it has gone since
                    throw e;
                }
            }
        }
        if (json != null) {
            json.endList();
        }
    }

    private static List<Integer> ids() throws IOException {
        final List<Integer> ids = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(CLASS, "ublkc[0-9]*")) {
            for (Path device : devices) {
                ids.add(Integer.parseInt(device.getFileName().toString().substring("ublkc".length())));
            }
        } catch (NoSuchFileException e) {
            return ids; // the driver has just been unloaded
        }
        Collections.sort(ids);
        return ids;
    }

    private void print(UblkDeviceInfo info) throws IOException {
        final Optional<String> name = ours(info.id()).map(r -> r.name().unmangled());
        final List<String> flags =
                UblkFeature.setOf(info.flags()).stream().map(UblkFeature::name).toList();
        final Json json = session.json();
        if (json == null) {
            session.streams()
                    .out()
                    .println("ublkb" + info.id() + ": " + state(info)
                            + (info.serverPid() > 0 ? ", server " + info.serverPid() : ", no server") + ", "
                            + info.queues() + (info.queues() == 1 ? " queue x " : " queues x ") + info.depth()
                            + name.map(n -> ", " + n).orElse("")
                            + (unprivileged(info) ? ", user " + info.ownerUid() : "") + ", flags "
                            + String.join(" ", flags));
            return;
        }
        json.object().put("id", info.id()).put("state", state(info));
        if (info.serverPid() > 0) {
            json.put("server_pid", info.serverPid());
        } else {
            json.putNull("server_pid");
        }
        json.put("queues", info.queues()).put("depth", info.depth()).put("max_io_bytes", info.maxIoBytes());
        DeviceJson.text(json, "name", name);
        json.put("owner_uid", info.ownerUid()).put("owner_gid", info.ownerGid());
        json.list("flags");
        for (String flag : flags) {
            json.element(flag);
        }
        json.endList().endObject();
    }

    private static boolean unprivileged(UblkDeviceInfo info) {
        return info.has(UblkFeature.UNPRIVILEGED_DEV);
    }

    /// `UID GID` of an ordinary user.
    ///
    /// @throws CommandFailure for a device of root's
    String owner(int id) throws CommandFailure, ErrnoException {
        final UblkDeviceInfo info = control.info(id);
        if (!unprivileged(info)) {
            throw new CommandFailure(ExitCode.FAILED, "ublkb" + id + ": is root's", "", null);
        }
        return info.ownerUid() + " " + info.ownerGid();
    }

    private static String state(UblkDeviceInfo info) {
        return info.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
