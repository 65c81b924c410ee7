package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.BlockDevices;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.cli.ReadAhead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What libdm keeps besides the kernel's state: nodes in `/dev/mapper`, read-ahead, names in sysfs.
///
/// Nodes are left to udev, whether it runs or not, save where the user says otherwise: by `--verifyudev`, by
/// `DM_DISABLE_UDEV`, or by a `DM_DEV_DIR` that is not udev's.
final class DeviceFiles {
    private static final String UDEVS_FOLDER = "/dev/mapper";
    private static final int MODE = 0660;
    /// The group of disks, as libdm is built with it.
    private static final String DISK = "6";

    private static final Devno NONE = new Devno(0, 0);

    private final Host host;
    private final DmNodes nodes;
    private final boolean isUdevsFolder;
    private @Nullable NodeOps ops;

    DeviceFiles(Host host) {
        this.host = host;
        // As if udev ran: then they are only looked at.
        this.nodes = new DmNodes(host.folder, host.shell.isReplayed()).literally();
        this.isUdevsFolder = host.folder.equals(UDEVS_FOLDER);
    }

    boolean isUdevsFolder() {
        return isUdevsFolder;
    }

    /// Whether the nodes are left to udev, also their removal.
    boolean areUdevs() {
        return isUdevsFolder
                && (host.udevCookie != 0 || !host.switches.has(Opt.VERIFYUDEV))
                && host.shell.variable("DM_DISABLE_UDEV").isEmpty();
    }

    /// Whether it is told when udev has not done what it should have.
    private boolean areVerified() {
        return !host.switches.has(Opt.NOUDEVRULES)
                && host.shell.variable("DM_DISABLE_UDEV").isEmpty();
    }

    private void stack(NodeOps.Op op) {
        NodeOps o = ops;
        if (o == null) {
            o = new NodeOps(host.shell);
            ops = o;
        }
        o.stack(op);
    }

    /// Whether there is anything to be done after a change that udev hears of, or to be told of what udev does.
    private boolean isOurs() {
        return !areUdevs() || host.shell.debugs();
    }

    private void stack(NodeOps.Kind kind, String name, String oldName, Devno devno, String value) {
        stack(new NodeOps.Op(kind, name, oldName, devno, value, areUdevs(), areVerified()));
    }

    /// A device `name` was made, with a cookie or, as it has no table, without.
    void created(String name, Devno devno, boolean cookie) {
        if (host.switches.has(Opt.ADDNODEONCREATE) && !(cookie && areUdevs()) && !name.isEmpty()) {
            stack(new NodeOps.Op(NodeOps.Kind.ADD, name, "", devno, owner(), false, cookie && areVerified()));
        }
    }

    /// A device came to life, by its `name`, or without one.
    void resumed(String name, Devno devno) {
        if (isOurs() && !host.switches.has(Opt.ADDNODEONCREATE) && !name.isEmpty()) {
            stack(NodeOps.Kind.ADD, name, "", devno, owner());
        }
        final String value = host.switches.value(Opt.READAHEAD, "auto");
        final int sectors = value.equalsIgnoreCase("none") ? 0 : Numbers.atoi(value);
        if (value.equalsIgnoreCase("auto") || sectors == -1 || name.isEmpty()) {
            return;
        }
        final String text = sectors + " (flags=" + (isLeast(value) ? 1 : 0) + ")";
        stack(new NodeOps.Op(NodeOps.Kind.READ_AHEAD, name, "", devno, text, false, false));
    }

    private static boolean isLeast(String readAhead) {
        return readAhead.strip().startsWith("+");
    }

    private String owner() {
        final Switches switches = host.switches;
        final int mode = switches.has(Opt.MODE) ? Numbers.octal(switches.value(Opt.MODE, "")) : MODE;
        return (switches.has(Opt.UID) ? Integer.toUnsignedString(switches.number(Opt.UID)) : "0") + ":"
                + (switches.has(Opt.GID) ? Integer.toUnsignedString(switches.number(Opt.GID)) : DISK) + " 0"
                + Integer.toOctalString(mode);
    }

    /// The device of `name` is gone.
    void removed(String name) {
        if (!areUdevs() && !name.isEmpty()) {
            stack(NodeOps.Kind.DEL, name, "", NONE, "");
        }
    }

    void renamed(String name, String newName, Devno devno) {
        if (isOurs()) {
            stack(NodeOps.Kind.RENAME, newName, name, devno, "");
        }
    }

    /// Does what is left to do.
    void settle() {
        if (ops != null) {
            ops.settle(this::run);
        }
    }

    private void run(NodeOps.Op op) {
        final DmName name = Device.dmName(op.name());
        switch (op.kind()) {
            case ADD -> {
                if (make(name, op.devno(), op.verified())) {
                    host.shell.debug("Created %s", nodes.path(name));
                }
            }
            case DEL -> {
                if (remove(op.name())) {
                    host.shell.debug("Removed %s", nodes.path(name));
                }
            }
            case RENAME -> {
                remove(op.oldName());
                make(name, op.devno(), false);
                host.shell.debug("Renamed %s to %s", nodes.path(Device.dmName(op.oldName())), nodes.path(name));
            }
            case READ_AHEAD -> setReadAhead(RawText.display(op.name()), op.devno());
        }
    }

    /// Whether the node was made.
    private boolean make(DmName name, Devno devno, boolean verified) {
        final String path = nodes.path(name);
        try {
            if (verified && !host.shell.isReplayed() && host.udev.active() && !Files.exists(Path.of(path))) {
                host.shell.error(path + " not set up by udev: Falling back to direct node creation.");
            }
            return nodes.add(name, devno) == DmNodes.Result.MADE && setOwner(Path.of(path));
        } catch (IOException e) {
            host.shell.error(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private boolean setOwner(Path path) throws IOException {
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
        return true;
    }

    /// Whether there was a node of a mapped device, which is gone now.
    private boolean remove(String rawName) {
        final DmName name = Device.dmName(rawName);
        final Devno there = host.rdev(nodes.path(name));
        try {
            return there != null && there.major() == host.dmMajor() && nodes.remove(name, there);
        } catch (IOException e) {
            host.shell.error(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /// `mknodes`: puts the nodes of all devices right: first by what is in the folder, then by what devices there are.
    void repairAll() throws Failed {
        host.kernel.open();
        for (String file : host.names()) {
            if (!file.equals("control")) {
                tried(file);
            }
        }
        final List<Host.Listed> all = host.kernel.byItself(host::all);
        boolean failed = false;
        for (Host.Listed device : all) {
            final Device named = host.named(device.name());
            try {
                repair(named);
            } catch (Failed e) {
                failed = true;
            }
        }
        if (failed) {
            throw new Failed();
        }
    }

    private void tried(String file) {
        try {
            repair(host.named(file));
        } catch (Failed e) {
            host.shell.backtrace();
        }
    }

    /// `mknodes NAME`: makes the node, or removes one whose device is gone.
    void repair(String word) throws Failed {
        host.kernel.open();
        repair(host.named(word));
    }

    private void repair(Device device) throws Failed {
        final Kernel.Outcome<DmDeviceInfo> outcome =
                host.kernel.attempt("mknodes", device, id -> new DmTask.DevStatus(id, false));
        if (outcome.reply() != null) {
            final Info info = host.info(outcome.reply());
            stack(new NodeOps.Op(
                    NodeOps.Kind.ADD, info.rawName(), "", outcome.reply().devno(), owner(), false, false));
        } else if (outcome.errno() != Errno.ENXIO) {
            throw host.kernel.failed("mknodes", device, outcome.errno());
        } else {
            stack(new NodeOps.Op(NodeOps.Kind.DEL, device.name(), "", NONE, "", false, false));
        }
    }

    /// In sectors of 512 bytes; empty, and said so, where neither sysfs nor the device's node tells it.
    OptionalLong readAheadSectors(Info device) {
        final String file = "/sys/dev/block/" + device.devno() + "/bdi/read_ahead_kb";
        final boolean isThere = isThere(file);
        if (!isThere) {
            host.shell.debug("%s: open failed: No such file or directory", file);
        }
        final String seen = host.shell.look("read-ahead " + device.devno(), () -> readAhead(device));
        if (seen.isEmpty() || !Character.isDigit(seen.charAt(0))) {
            host.shell.error(seen);
            host.shell.backtrace();
            return OptionalLong.empty();
        }
        host.shell.debug("%s%s: read ahead is %s", device.name(), isThere ? " (" + device.devno() + ")" : "", seen);
        return OptionalLong.of(Long.parseLong(seen));
    }

    /// Whether a file is there, where it is told when it is not.
    private boolean isThere(String file) {
        return !host.shell.debugs()
                || !host.shell
                        .look("there " + file, () -> Files.exists(Path.of(file), LinkOption.NOFOLLOW_LINKS) ? "1" : "")
                        .isEmpty();
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

    private void setReadAhead(String name, Devno devno) {
        final String value = host.switches.value(Opt.READAHEAD, "auto");
        final int sectors = value.equalsIgnoreCase("none") ? 0 : Numbers.atoi(value);
        if (host.shell.isReplayed()) {
            return;
        }
        final String shown = name + " (" + devno + ")";
        if (isLeast(value)) {
            final long now = ReadAhead.sectors(devno).orElse(0);
            host.shell.debug("%s: read ahead is %s", shown, now);
            if (now >= sectors) {
                host.shell.debug("%s: retaining kernel read ahead of %s (requested %s)", name, now, sectors);
                return;
            }
        }
        host.shell.debug("%s: Setting read ahead to %s", shown, Integer.toUnsignedString(sectors));
        final Path file = Path.of("/sys/dev/block/" + devno + "/bdi/read_ahead_kb");
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
        final String entry = "/sys/dev/block/" + devno;
        final boolean isNamed = mapped && devno.major() == host.dmMajor();
        if (isNamed && !isThere(entry + "/dm/name")) {
            host.shell.debug("%s/dm/name: fopen failed: No such file or directory", entry);
            host.shell.backtrace();
        }
        if (!isThere(entry)) {
            host.shell.debug("%s: readlink failed: No such file or directory", entry);
        }
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
