package io.dmctl.bindings.control;

import io.dmctl.bindings.dm.Dm;

/// The `DM_*_FLAG` bits of `struct dm_ioctl`, for who answers requests.
///
/// Kernel: include/uapi/linux/dm-ioctl.h
public final class DmFlags {
    public static final int READONLY = Dm.DM_READONLY_FLAG();
    public static final int SUSPEND = Dm.DM_SUSPEND_FLAG();
    public static final int STATUS_TABLE = Dm.DM_STATUS_TABLE_FLAG();
    public static final int ACTIVE_PRESENT = Dm.DM_ACTIVE_PRESENT_FLAG();
    public static final int INACTIVE_PRESENT = Dm.DM_INACTIVE_PRESENT_FLAG();
    public static final int NOFLUSH = Dm.DM_NOFLUSH_FLAG();
    public static final int QUERY_INACTIVE_TABLE = Dm.DM_QUERY_INACTIVE_TABLE_FLAG();
    public static final int UUID = Dm.DM_UUID_FLAG();
    public static final int DEFERRED_REMOVE = Dm.DM_DEFERRED_REMOVE();

    private DmFlags() {}
}
