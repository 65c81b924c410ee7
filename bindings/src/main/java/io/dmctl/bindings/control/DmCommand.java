package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;
import org.jspecify.annotations.Nullable;

/// The commands of the dm ioctl interface, in the order of their numbers.
///
/// Kernel: include/uapi/linux/dm-ioctl.h, the enum of `DM_*_CMD`.
public enum DmCommand {
    VERSION(0, "DM_VERSION", 0),
    REMOVE_ALL(1, "DM_REMOVE_ALL", 0),
    LIST_DEVICES(2, "DM_LIST_DEVICES", 0),
    DEV_CREATE(3, "DM_DEV_CREATE", 0),
    DEV_REMOVE(4, "DM_DEV_REMOVE", 0),
    DEV_RENAME(5, "DM_DEV_RENAME", 0),
    DEV_SUSPEND(6, "DM_DEV_SUSPEND", 0),
    DEV_STATUS(7, "DM_DEV_STATUS", 0),
    DEV_WAIT(8, "DM_DEV_WAIT", 0),
    TABLE_LOAD(9, "DM_TABLE_LOAD", 0),
    TABLE_CLEAR(10, "DM_TABLE_CLEAR", 0),
    TABLE_DEPS(11, "DM_TABLE_DEPS", 0),
    TABLE_STATUS(12, "DM_TABLE_STATUS", 0),
    LIST_VERSIONS(13, "DM_LIST_VERSIONS", 1),
    TARGET_MSG(14, "DM_TARGET_MSG", 2),
    DEV_SET_GEOMETRY(15, "DM_DEV_SET_GEOMETRY", 6),
    DEV_ARM_POLL(16, "DM_DEV_ARM_POLL", 37),
    GET_TARGET_VERSION(17, "DM_GET_TARGET_VERSION", 41);

    private static final DmCommand[] ALL = values();

    private final int nr;
    private final String kernelName;
    private final int sinceMinor;

    DmCommand(int nr, String kernelName, int sinceMinor) {
        this.nr = nr;
        this.kernelName = kernelName;
        this.sinceMinor = sinceMinor;
    }

    /// The command with this number; null when the interface has none.
    public static @Nullable DmCommand of(int nr) {
        return nr >= 0 && nr < ALL.length ? ALL[nr] : null;
    }

    /// `DM_DEV_CREATE` and so on; `0x80` form for what is not dm's.
    static String nameOf(int nr) {
        final DmCommand command = of(nr);
        return command == null ? "0x" + Integer.toHexString(nr) : command.kernelName;
    }

    /// The command number, as `DM_DEV_CREATE_CMD`.
    public int nr() {
        return nr;
    }

    /// The minor version of interface 4 that has it.
    int sinceMinor() {
        return sinceMinor;
    }

    /// C: `_IOWR(DM_IOCTL, nr, struct dm_ioctl)`: the requests differ in the low byte only.
    static long request(int nr) {
        return (Dm.DM_VERSION() & ~0xffL) | nr;
    }

    /// Whether tables or messages go along, with keys in them maybe: all copies of those are wiped.
    boolean carriesSecrets() {
        return this == TABLE_LOAD || this == TABLE_STATUS || this == TARGET_MSG;
    }

    /// Whether the kernel copies no more than the 305-byte header in and out.
    boolean headerOnly() {
        return switch (this) {
            case REMOVE_ALL, DEV_CREATE, DEV_REMOVE, DEV_SUSPEND, DEV_STATUS, TABLE_CLEAR, DEV_ARM_POLL -> true;
            case VERSION,
                    LIST_DEVICES,
                    DEV_RENAME,
                    DEV_WAIT,
                    TABLE_LOAD,
                    TABLE_DEPS,
                    TABLE_STATUS,
                    LIST_VERSIONS,
                    TARGET_MSG,
                    DEV_SET_GEOMETRY,
                    GET_TARGET_VERSION -> false;
        };
    }

    @Override
    public String toString() {
        return kernelName;
    }
}
