package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.cli.ReadAhead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What libdm keeps besides the kernel's state: nodes in `/dev/mapper`, read-ahead, names in sysfs.
///
/// Nodes are left to udev, whether it runs or not, save where the user says otherwise: by `--verifyudev`, by
/// `DM_DISABLE_UDEV`, or by a `DM_DEV_DIR` that is not udev's.
final class DeviceFiles {
    private static final String UDEVS_FOLDER = "/dev/mapper";

    private final Host host;
    private final DmNodes nodes;
    private final boolean own;

    DeviceFiles(Host host) {
        this.host = host;
        // As if udev ran: then they are only looked at.
        this.nodes = new DmNodes(host.folder, host.shell.isReplayed());
        this.own = !host.folder.equals(UDEVS_FOLDER)
                || host.switches.has(Opt.VERIFYUDEV)
                || !host.shell.variable("DM_DISABLE_UDEV").isEmpty();
    }

    /// A device got its name: when it was made, or with `resumed` when it came to life.
    void add(DmName name, Devno devno, boolean resumed) {
        final boolean now = resumed != host.switches.has(Opt.ADDNODEONCREATE);
        if (own && now) {
            make(name, devno);
        }
    }

    private boolean make(DmName name, Devno devno) {
        try {
            if (nodes.add(name, devno) == DmNodes.Result.MADE) {
                setOwner(Path.of(nodes.path(name)));
            }
            return true;
        } catch (IOException e) {
            host.shell.error(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void setOwner(Path path) throws IOException {
        final Switches switches = host.switches;
        if (switches.has(Opt.UID)) {
            Files.setAttribute(path, "unix:uid", switches.number(Opt.UID));
        }
        if (switches.has(Opt.GID)) {
            Files.setAttribute(path, "unix:gid", switches.number(Opt.GID));
        }
        if (switches.has(Opt.MODE)) {
            Files.setAttribute(path, "unix:mode", Numbers.octal(switches.value(Opt.MODE, "")));
        }
    }

    /// Whether the nodes are left to udev, also their removal.
    boolean areUdevs() {
        return !own;
    }

    void remove(DmName name, Devno devno) {
        try {
            nodes.remove(name, devno);
        } catch (IOException e) {
            host.shell.error(String.valueOf(e.getMessage()));
        }
    }

    void rename(DmName name, DmName newName, Devno devno) {
        if (own) {
            remove(name, devno);
            make(newName, devno);
        }
    }

    /// `mknodes`: puts the nodes of all devices right.
    void repairAll() throws Failed {
        // Every name must be one that can be shown, else nothing is done.
        host.all();
        try {
            nodes.repair(host.kernel.run("names", new DmTask.ListDevices(false)));
        } catch (IOException e) {
            throw host.shell.failed(String.valueOf(e.getMessage()));
        }
    }

    /// `mknodes NAME`: makes the node, or removes one whose device is gone.
    void repair(String word) throws Failed {
        final Device device = host.device(word);
        final var info = host.kernel.find("mknodes", device, id -> new DmTask.DevStatus(id, false));
        if (info != null) {
            if (!make(info.name(), info.devno())) {
                throw new Failed();
            }
            return;
        }
        final Devno there = host.rdev(host.folder + "/" + word);
        if (there != null && host.dmMajor() == there.major()) {
            remove(Device.dmName(device.name()), there);
        }
    }

    /// In sectors of 512 bytes; empty, and said so, where neither sysfs nor the device's node tells it.
    OptionalLong readAheadSectors(Info device) {
        final String seen = host.shell.look("read-ahead " + device.devno(), () -> readAhead(device));
        if (seen.isEmpty() || !Character.isDigit(seen.charAt(0))) {
            host.shell.error(seen);
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(seen));
    }

    /// A number, or why there is none; that begins with no digit.
    private String readAhead(Info device) {
        final OptionalLong known = ReadAhead.sectors(device.devno());
        if (known.isPresent()) {
            return Long.toString(known.getAsLong());
        }
        final String path = host.folder + "/" + device.name();
        final int fd = Sys.open(path, 0, 0);
        if (fd < 0) {
            return path + ": open failed: " + Errno.text(-fd);
        }
        try (Fd open = Fd.owning(fd)) {
            return Long.toString(BlockDevices.readAheadSectors(open.number()));
        } catch (ErrnoException e) {
            return device.name() + ": BLKRAGET failed: " + Errno.text(e.errno());
        }
    }

    /// What `--readahead` asks for, once a device is in use.
    void setReadAhead(Info device) {
        final String value = host.switches.value(Opt.READAHEAD, "auto");
        final boolean least = value.strip().startsWith("+");
        final int sectors = value.equalsIgnoreCase("none") ? 0 : Numbers.atoi(value);
        if (value.equalsIgnoreCase("auto") || sectors == -1) {
            return;
        }
        if (host.shell.isReplayed()) {
            return;
        }
        if (least && ReadAhead.sectors(device.devno()).orElse(0) >= sectors) {
            return;
        }
        final Path file = Path.of("/sys/dev/block/" + device.devno() + "/bdi/read_ahead_kb");
        try {
            Files.writeString(file, Integer.toString((sectors + 1) / 2));
        } catch (IOException e) {
            host.shell.error(file + ": write failed: " + e.getMessage());
        }
    }

    /// The kernel's name of a block device, as `dm-0`, or with `mapped` the device's own where it has one; null where
    /// sysfs does not know it.
    @Nullable
    String blockName(Devno devno, boolean mapped) {
        final String seen = host.shell.look("name-of " + devno, () -> {
            final String name = nameOf(devno, mapped);
            return name == null ? "" : name;
        });
        return seen.isEmpty() ? null : seen;
    }

    private static @Nullable String nameOf(Devno devno, boolean mapped) {
        final Path entry = Path.of("/sys/dev/block/" + devno);
        try {
            if (mapped && Files.exists(entry.resolve("dm/name"))) {
                return Files.readString(entry.resolve("dm/name")).strip();
            }
            return String.valueOf(Files.readSymbolicLink(entry).getFileName());
        } catch (IOException e) {
            return null;
        }
    }
}
