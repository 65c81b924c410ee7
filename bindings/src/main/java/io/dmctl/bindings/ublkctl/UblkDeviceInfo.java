package io.dmctl.bindings.ublkctl;

import io.dmctl.bindings.ublk.ublksrv_ctrl_dev_info;
import java.lang.foreign.MemorySegment;

/// What a ublk device is, as asked for at ADD_DEV and as the driver answers.
///
/// @param queues hardware queues; the driver lowers it to the number of CPUs
/// @param depth requests in flight a queue
/// @param maxIoBytes the largest request; at most 32 MiB
/// @param id N of /dev/ublkcN and /dev/ublkbN; -1 asks for a free one
/// @param serverPid of the process that serves it; -1: none. Never a target of kill without a look
/// @param flags UBLK_F_*: see [UblkFeature]
/// @param serverFlags opaque to the driver
public record UblkDeviceInfo(
        int queues,
        int depth,
        UblkState state,
        int maxIoBytes,
        int id,
        int serverPid,
        long flags,
        long serverFlags,
        int ownerUid,
        int ownerGid) {
    public static final int ANY_ID = -1;

    /// UBLK_MAX_QUEUE_DEPTH, UBLK_MAX_NR_QUEUES
    private static final int MAX = 4096;

    private static final int MAX_IO_BYTES = 32 << 20;

    /// What ADD_DEV is asked for.
    public static UblkDeviceInfo wanted(int id, int queues, int depth, int maxIoBytes, long flags) {
        range("id", id, ANY_ID, (1 << 20) - 1);
        range("queues", queues, 1, MAX);
        range("depth", depth, 1, MAX);
        range("maxIoBytes", maxIoBytes, 4096, MAX_IO_BYTES);
        return new UblkDeviceInfo(queues, depth, UblkState.DEAD, maxIoBytes, id, -1, flags, 0, 0, 0);
    }

    private static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be in " + min + ".." + max + ", was " + value);
        }
    }

    public boolean has(UblkFeature feature) {
        return feature.in(flags);
    }

    public String charDevicePath() {
        return charDevicePath(id);
    }

    static String charDevicePath(int id) {
        return "/dev/ublkc" + id;
    }

    public String blockDevicePath() {
        return "/dev/ublkb" + id;
    }

    /// Writes what ADD_DEV reads; `to` is zeroed.
    void encode(MemorySegment to) {
        ublksrv_ctrl_dev_info.nr_hw_queues(to, (short) queues);
        ublksrv_ctrl_dev_info.queue_depth(to, (short) depth);
        ublksrv_ctrl_dev_info.max_io_buf_bytes(to, maxIoBytes);
        ublksrv_ctrl_dev_info.dev_id(to, id);
        ublksrv_ctrl_dev_info.flags(to, flags);
        ublksrv_ctrl_dev_info.ublksrv_flags(to, serverFlags);
    }

    static UblkDeviceInfo decode(MemorySegment from) {
        return new UblkDeviceInfo(
                Short.toUnsignedInt(ublksrv_ctrl_dev_info.nr_hw_queues(from)),
                Short.toUnsignedInt(ublksrv_ctrl_dev_info.queue_depth(from)),
                UblkState.of(Short.toUnsignedInt(ublksrv_ctrl_dev_info.state(from))),
                ublksrv_ctrl_dev_info.max_io_buf_bytes(from),
                ublksrv_ctrl_dev_info.dev_id(from),
                ublksrv_ctrl_dev_info.ublksrv_pid(from),
                ublksrv_ctrl_dev_info.flags(from),
                ublksrv_ctrl_dev_info.ublksrv_flags(from),
                ublksrv_ctrl_dev_info.owner_uid(from),
                ublksrv_ctrl_dev_info.owner_gid(from));
    }
}
