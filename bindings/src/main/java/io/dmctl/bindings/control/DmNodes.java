package io.dmctl.bindings.control;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Sys;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The names in `/dev/mapper`. Where udev runs, the kernel's devices are its business and this class only looks;
/// elsewhere it makes block nodes (0660 root:disk). A device served by ublk always gets a symbolic link to its block
/// device from here, as udev knows no name for it.
///
/// Names are hints: nothing is removed that does not lead to the given device.
///
/// Thread rule: every method from any thread; two processes at once may repeat each other's work.
public final class DmNodes {
    private static final int MODE = 0660;

    private final String dir;
    private final boolean udev;
    private final boolean literal;

    /// What became of a name.
    public enum Result {
        /// Made or put right.
        MADE,
        /// Was right already.
        PRESENT,
        /// Not there yet: udev makes it.
        LEFT_TO_UDEV
    }

    /// Names in `dir`; `udev` says whether udev makes those of the kernel's devices.
    public DmNodes(String dir, boolean udev) {
        this(dir, udev, false);
    }

    private DmNodes(String dir, boolean udev, boolean literal) {
        this.dir = dir;
        this.udev = udev;
        this.literal = literal;
    }

    /// The same, where a node's name is the device's to the byte.
    public DmNodes literally() {
        return new DmNodes(dir, udev, true);
    }

    /// `$DM_DEV_DIR/mapper`, by default `/dev/mapper`.
    public static DmNodes system() {
        return system(UdevPolicy.ofEnvironment(late -> {}));
    }

    /// The same, which are only looked at.
    public static DmNodes untouched() {
        return new DmNodes(systemDir(), true);
    }

    private static String systemDir() {
        final String dev = System.getenv("DM_DEV_DIR");
        return (dev == null || dev.isEmpty() ? "/dev" : dev) + "/mapper";
    }

    /// The same, where changes of devices are made with `policy`.
    public static DmNodes system(UdevPolicy policy) {
        return new DmNodes(systemDir(), policy.udevsNodes());
    }

    /// Whether udev makes the nodes of the kernel's devices.
    public boolean udevRuns() {
        return udev;
    }

    /// The path of `name`'s node.
    public String path(DmName name) {
        return dir + "/" + (literal ? name.toString() : name.nodeName());
    }

    /// Makes `name` lead to the kernel's device `devno`.
    ///
    /// @throws IOException EEXIST when something else than a device or a link has the name
    public Result add(DmName name, Devno devno) throws IOException {
        final String path = path(name);
        final NodeStat there = NodeStat.of(path, true);
        if (there != null && there.isBlock(devno)) {
            return Result.PRESENT;
        }
        if (udev) {
            return Result.LEFT_TO_UDEV;
        }
        clear(path);
        try (Arena arena = Arena.ofConfined()) {
            ErrnoException.check(
                    "mknod",
                    path,
                    Sys.call(
                            Libc.SYS_mknodat(),
                            Libc.AT_FDCWD(),
                            Sys.cString(arena, path).address(),
                            Libc.S_IFBLK() | MODE,
                            devno.encode(),
                            0,
                            0));
        }
        giveToDisk(Path.of(path));
        return Result.MADE;
    }

    /// Makes `name` a link to `target`, as `../ublkb0`.
    ///
    /// @throws IOException EEXIST when something else than a device or a link has the name
    public Result addLink(DmName name, String target) throws IOException {
        final String path = path(name);
        if (leadsTo(path, target)) {
            return Result.PRESENT;
        }
        clear(path);
        try (Arena arena = Arena.ofConfined()) {
            ErrnoException.check(
                    "symlink",
                    path,
                    Sys.call(
                            Libc.SYS_symlinkat(),
                            Sys.cString(arena, target).address(),
                            Libc.AT_FDCWD(),
                            Sys.cString(arena, path).address()));
        }
        return Result.MADE;
    }

    /// Removes the node of `name` when it is the one of `devno`; true when it did. Udev's are links: they stay.
    public boolean remove(DmName name, Devno devno) throws IOException {
        final String path = path(name);
        final NodeStat there = NodeStat.of(path, false);
        if (there == null || !there.isBlock(devno)) {
            return false;
        }
        unlink(path);
        return true;
    }

    /// Removes the link of `name` when it leads to `target`; true when it did.
    public boolean removeLink(DmName name, String target) throws IOException {
        final String path = path(name);
        if (!leadsTo(path, target)) {
            return false;
        }
        unlink(path);
        return true;
    }

    /// Moves the kernel's device `devno` from `name` to `newName`.
    public Result rename(DmName name, DmName newName, Devno devno) throws IOException {
        final Result result = add(newName, devno);
        remove(name, devno);
        return result;
    }

    /// Moves the link to `target` from `name` to `newName`.
    public Result renameLink(DmName name, DmName newName, String target) throws IOException {
        final Result result = addLink(newName, target);
        removeLink(name, target);
        return result;
    }

    /// Puts the nodes of the kernel's `devices` (all there are) right, and removes block nodes of device-mapper's major
    /// number under any other name. Answers the paths that were changed; where udev runs, none.
    public List<String> repair(List<DmListedDevice> devices) throws IOException {
        final List<String> changed = new ArrayList<>();
        if (udev) {
            return changed;
        }
        final Map<String, Devno> wanted = new HashMap<>();
        for (DmListedDevice device : devices) {
            wanted.put(device.name().nodeName(), device.devno());
            if (add(device.name(), device.devno()) == Result.MADE) {
                changed.add(path(device.name()));
            }
        }
        final OptionalInt major = dmMajor();
        final String[] names = new File(dir).list();
        for (String name : names == null || major.isEmpty() ? new String[0] : names) {
            final String path = dir + "/" + name;
            final NodeStat there = NodeStat.of(path, false);
            if (there != null
                    && there.isBlock()
                    && there.rdev().major() == major.getAsInt()
                    && !there.rdev().equals(wanted.get(name))) {
                unlink(path);
                changed.add(path);
            }
        }
        return changed;
    }

    /// The major number of the kernel's mapped devices; empty without device-mapper.
    public static OptionalInt dmMajor() {
        return ProcNumbers.find("/proc/devices", "device-mapper");
    }

    private boolean leadsTo(String path, String target) throws IOException {
        final NodeStat there = NodeStat.of(path, false);
        return there != null
                && there.isLink()
                && Files.readSymbolicLink(Path.of(path)).toString().equals(target);
    }

    private void clear(String path) throws IOException {
        final File folder = new File(dir);
        if (!folder.isDirectory() && !folder.mkdirs()) {
            throw new ErrnoException("mkdir", dir, Errno.EACCES);
        }
        final NodeStat there = NodeStat.of(path, false);
        if (there == null) {
            return;
        }
        if (!there.isBlock() && !there.isLink()) {
            throw new ErrnoException("mknod", path + ": something else than a block device is there", Errno.EEXIST);
        }
        unlink(path);
    }

    private static void unlink(String path) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            final long r = Sys.call(
                    Libc.SYS_unlinkat(),
                    Libc.AT_FDCWD(),
                    Sys.cString(arena, path).address(),
                    0);
            if (r != -Errno.ENOENT) {
                ErrnoException.check("unlink", path, r);
            }
        }
    }

    private static void giveToDisk(Path path) throws IOException {
        // mknod obeys the umask, so the mode is set again.
        Files.setAttribute(path, "unix:mode", MODE);
        try {
            Files.setAttribute(
                    path,
                    "posix:group",
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("disk"));
        } catch (UserPrincipalNotFoundException e) {
            // A system without the group: the node stays root's.
            return;
        }
    }
}
