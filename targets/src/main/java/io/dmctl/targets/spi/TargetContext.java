package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// At construction: where the target lies, and the services of the core and the backend.
public interface TargetContext {
    /// First sector in the mapped device.
    long beginSector();

    long lenSectors();

    boolean readOnly();

    /// Now, on the clock of [QueueContext#nowNs]: for a target that counts time from its construction.
    long nowNs();

    /// Opens a device for this table.
    ///
    /// @throws TargetException with the errno of the lookup (ENOENT, EBUSY, ...)
    LowerDevice getDevice(DeviceArg arg) throws TargetException;

    /// The worker that owns the state named by `key`; the same key gives the same worker, over all devices of the
    /// group.
    Domain domain(Object key);

    /// Calls [Target#work(Domain, QueueContext)] soon on the thread of `owner`, once for each call of this. From any
    /// thread, cold. Only while the table is live: from [Target#resume] on, until [Target#postsuspend] returns.
    void queueWork(Domain owner);

    /// Runs `task` on the thread of `owner`, between what that does otherwise, and waits for its end: so a
    /// constructor or hook looks at and changes what the domain owns. Cold.
    void run(Domain owner, Runnable task);

    /// A pool of bios on the thread of `owner` that is no device's, for state that outlives this target's table. On
    /// that thread: within [#run]. The caller closes it.
    Background background(Domain owner, Background.Worker worker);

    /// What the targets of a group share, made by `make` at the first call: the same object for every caller of the
    /// group, and as long as that lives.
    <S> S shared(Class<S> type, Supplier<S> make);

    /// Waits until `done`, which is asked again after each [#signal]; for hooks only. False: the waiting thread was
    /// interrupted.
    boolean await(BooleanSupplier done);

    /// What a hook waits for may have changed. From any thread.
    void signal();

    /// Memory of this target that outlives the process, not the machine: zeroed when new, as it was left
    /// when the device is recovered. What the kernel would know as long as the table lives belongs there,
    /// before it is acknowledged. A process may be killed between any two stores, and later stores are
    /// never kept without earlier ones.
    ///
    /// Lives as long as the table, aligned to 8 bytes. Constructors, hooks and messages only.
    ///
    /// @param name letters and digits, unique in the target, asked for once
    /// @param bytes the same at a recovery
    /// @throws TargetException ENOMEM when there is no room for it
    MemorySegment survivingState(String name, long bytes) throws TargetException;

    /// A service of the backend: ciphers, hashes, secret memory.
    ///
    /// @throws TargetException where it is not offered
    <S> S service(Class<S> type) throws TargetException;

    /// Something happened that who waits for the device wants to know. From any thread; cold.
    /// @kernel drivers/md/dm-table.c `dm_table_event`
    void tableEvent();

    /// Blocking reads and writes, for constructors and hooks only.
    BlockingIo blockingIo();
}
