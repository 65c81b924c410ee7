package io.dmctl.bindings.ublkctl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Sys;
import io.dmctl.bindings.ublk.Ublk;
import io.dmctl.bindings.ublk.ublk_params;
import io.dmctl.bindings.ublk.ublk_shmem_buf_reg;
import io.dmctl.bindings.ublk.ublksrv_ctrl_dev_info;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The ublk control device: makes, describes, starts, stops and deletes devices. Every command is bounded in
/// time.
///
/// Thread rule: one thread at a time, any thread. [#start] waits until every tag of every queue has been
/// fetched, and [#stop] until every request has been committed: call them on another thread than the queues'
/// threads. A command waits only for its own object, so a stop that must overtake a start needs an object of
/// its own.
///
/// Errors are [ErrnoException]: ENODEV (no such device), EBUSY, EACCES (parameters of a started device), and
/// ETIMEDOUT for a command that the kernel did not finish in time. When such a command could not even be
/// cancelled, this object is broken and every later command is ESHUTDOWN; what the kernel may still write to is
/// then never freed.
///
/// Who has CAP_SYS_ADMIN may do everything. Another makes devices with [UblkFeature#UNPRIVILEGED_DEV], and may do what
/// the mode and the owner of a device's /dev/ublkcN let him: else EACCES, and EPERM for a device that is not such a
/// one.
public final class UblkControl implements AutoCloseable {
    public static final String PATH = "/dev/ublk-control";
    /// How long a command may take. Deleting a device and starting one wait for others; none waits for a disk.
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final int ALL_QUEUES = -1;
    private static final int NO_DEVICE = -1;
    private static final int CPU_MASK_BYTES = 1024; // 8192 CPUs: the largest NR_CPUS of the kernel's Kconfig

    private final UblkCommandRing ring;
    /// Which devices are an ordinary user's, as far as it is known: the driver wants their paths with every command.
    private final Map<Integer, Boolean> unprivileged = new HashMap<>();

    private UblkControl(UblkCommandRing ring) {
        this.ring = ring;
    }

    public static UblkControl open() throws ErrnoException {
        return open(DEFAULT_TIMEOUT);
    }

    public static UblkControl open(Duration timeout) throws ErrnoException {
        return new UblkControl(UblkCommandRing.open(PATH, timeout.toNanos()));
    }

    /// Whether this machine has ublk and this process may use it.
    public static Availability probe() {
        if (!Files.exists(Path.of(PATH))) {
            return Availability.no(PATH + " is missing", "modprobe ublk_drv (CONFIG_BLK_DEV_UBLK, Linux 6.0 or newer)");
        }
        final int fd = Sys.open(PATH, Libc.O_RDWR(), 0);
        if (fd < 0) {
            return Availability.no("open: " + PATH + ": " + Errno.describe(-fd), "run as root (CAP_SYS_ADMIN)");
        }
        Sys.close(fd);
        try (UblkControl control = open()) {
            final Set<UblkFeature> features = UblkFeature.setOf(control.features());
            return features.contains(UblkFeature.CMD_IOCTL_ENCODE)
                    ? Availability.yes()
                    : Availability.no("the driver is too old", "use Linux 6.5 or newer");
        } catch (ErrnoException e) {
            return Availability.no(
                    String.valueOf(e.getMessage()),
                    "use Linux 6.5 or newer (UBLK_U_CMD_GET_FEATURES), and see that io_uring is allowed");
        }
    }

    /// The driver's UBLK_F_* bits: see [UblkFeature#setOf].
    public long features() throws ErrnoException {
        final MemorySegment out = ring.argument(Ublk.UBLK_FEATURES_LEN());
        final int r = ring.run(op(Ublk.UBLK_U_CMD_GET_FEATURES()), NO_DEVICE, ALL_QUEUES, "", out, 0);
        check("GET_FEATURES", NO_DEVICE, r);
        return out.get(JAVA_LONG, 0);
    }

    /// Makes /dev/ublkcN. Answers what the driver made of `wanted`: flags it does not know are gone, others are
    /// added, queues may be fewer.
    public UblkDeviceInfo addDevice(UblkDeviceInfo wanted) throws ErrnoException {
        final MemorySegment info = ring.argument(ublksrv_ctrl_dev_info.sizeof());
        wanted.encode(info);
        check("ADD_DEV", wanted.id(), ring.run(op(Ublk.UBLK_U_CMD_ADD_DEV()), wanted.id(), ALL_QUEUES, "", info, 0));
        return learned(info);
    }

    public UblkDeviceInfo info(int id) throws ErrnoException {
        final MemorySegment info = ring.argument(ublksrv_ctrl_dev_info.sizeof());
        int r = ring.run(op(Ublk.UBLK_U_CMD_GET_DEV_INFO()), id, ALL_QUEUES, "", info, 0);
        if (r == -Errno.EINVAL) { // what it says where a path is needed
            final String path = UblkDeviceInfo.charDevicePath(id);
            r = ring.run(op(Ublk.UBLK_U_CMD_GET_DEV_INFO2()), id, ALL_QUEUES, path, info, 0);
        }
        check("GET_DEV_INFO", id, r);
        return learned(info);
    }

    private UblkDeviceInfo learned(MemorySegment from) {
        final UblkDeviceInfo info = UblkDeviceInfo.decode(from);
        unprivileged.put(info.id(), info.has(UblkFeature.UNPRIVILEGED_DEV));
        return info;
    }

    /// Gives the device its parameters. Refused ones leave it without any, so that [#start] is EINVAL until a set
    /// that succeeds.
    ///
    /// @throws ErrnoException EINVAL for values out of range, EACCES once the device was started
    public void setParams(int id, UblkParams params) throws ErrnoException {
        final MemorySegment in = argument(id, ublk_params.sizeof());
        UblkParamsCodec.encode(params, in);
        run("SET_PARAMS", Ublk.UBLK_U_CMD_SET_PARAMS(), id, in, 0);
    }

    public UblkParams params(int id) throws ErrnoException {
        final MemorySegment out = argument(id, ublk_params.sizeof());
        ublk_params.len(out, (int) ublk_params.sizeof());
        run("GET_PARAMS", Ublk.UBLK_U_CMD_GET_PARAMS(), id, out, 0);
        return UblkParamsCodec.decode(out);
    }

    /// The CPUs whose requests come to `queue`.
    public BitSet queueAffinity(int id, int queue) throws ErrnoException {
        final MemorySegment out = argument(id, CPU_MASK_BYTES);
        run("GET_QUEUE_AFFINITY", Ublk.UBLK_U_CMD_GET_QUEUE_AFFINITY(), id, out, queue);
        return BitSet.valueOf(out.toArray(JAVA_BYTE));
    }

    /// Makes /dev/ublkbN. Waits until every tag has been fetched.
    ///
    /// @param pid the process that opened /dev/ublkcN
    public void start(int id, int pid) throws ErrnoException {
        run("START_DEV", Ublk.UBLK_U_CMD_START_DEV(), id, argument(id, 0), pid);
    }

    /// Removes /dev/ublkbN, even while it is open: only for a device that no one uses. The queues serve until
    /// it returns, and see [UblkIo#RES_ABORT].
    public void stop(int id) throws ErrnoException {
        run("STOP_DEV", Ublk.UBLK_U_CMD_STOP_DEV(), id, argument(id, 0), 0);
    }

    /// As [#stop], when no one has it open.
    ///
    /// @throws ErrnoException EBUSY while it is open; EOPNOTSUPP or EINVAL before Linux 7.0
    /// ([UblkFeature#SAFE_STOP_DEV])
    public void tryStop(int id) throws ErrnoException {
        run("TRY_STOP_DEV", Ublk.UBLK_U_CMD_TRY_STOP_DEV(), id, argument(id, 0), 0);
    }

    /// Deletes the device and waits until its number is free: until no one has /dev/ublkcN or /dev/ublkbN open,
    /// mapped or registered with a ring.
    public void delete(int id) throws ErrnoException {
        run("DEL_DEV", Ublk.UBLK_U_CMD_DEL_DEV(), id, argument(id, 0), 0);
    }

    /// As [#delete] without the wait.
    public void deleteAsync(int id) throws ErrnoException {
        run("DEL_DEV_ASYNC", Ublk.UBLK_U_CMD_DEL_DEV_ASYNC(), id, argument(id, 0), 0);
    }

    /// Changes the size of a started device. The driver checks nothing: not the alignment, not that it shrinks.
    public void updateSize(int id, long sectors) throws ErrnoException {
        run("UPDATE_SIZE", Ublk.UBLK_U_CMD_UPDATE_SIZE(), id, argument(id, 0), sectors);
    }

    /// Begins the recovery of a device whose server has died: then its /dev/ublkcN can be opened and its tags
    /// be fetched again.
    ///
    /// @throws ErrnoException EBUSY while something of the old server is left; EINVAL when it cannot recover
    public void startRecovery(int id) throws ErrnoException {
        run("START_USER_RECOVERY", Ublk.UBLK_U_CMD_START_USER_RECOVERY(), id, argument(id, 0), 0);
    }

    /// Ends the recovery: waits until every tag has been fetched, then requests run again.
    ///
    /// @param pid the process that opened /dev/ublkcN
    public void endRecovery(int id, int pid) throws ErrnoException {
        run("END_USER_RECOVERY", Ublk.UBLK_U_CMD_END_USER_RECOVERY(), id, argument(id, 0), pid);
    }

    /// Lets the server go: new requests wait in the kernel, and the queues see [UblkIo#RES_ABORT] for every tag
    /// that has none. Waits until each queue has such a tag. The device is quiesced once /dev/ublkcN is closed.
    ///
    /// @param timeoutMs 0 waits for ever (as long as a command may take)
    /// @throws ErrnoException EBUSY when a queue stayed full; requests wait on then, until a recovery
    public void quiesce(int id, int timeoutMs) throws ErrnoException {
        run("QUIESCE_DEV", Ublk.UBLK_U_CMD_QUIESCE_DEV(), id, argument(id, 0), timeoutMs);
    }

    /// Pins memory of this process, which the device's users have mapped, too (SHMEM_ZC): the bytes of a request that
    /// lie in it are not copied. Waits for the requests that are in flight. Answers its index.
    ///
    /// @param address of a page
    /// @param byteSize whole pages, at most 4 GiB
    /// @throws ErrnoException ENOMEM, EFAULT; EINVAL for pages that are registered
    public int registerBuffer(int id, long address, long byteSize) throws ErrnoException {
        final MemorySegment in = argument(id, ublk_shmem_buf_reg.sizeof());
        ublk_shmem_buf_reg.addr(in, address);
        ublk_shmem_buf_reg.len(in, byteSize);
        return run("REG_BUF", Ublk.UBLK_U_CMD_REG_BUF(), id, in, 0);
    }

    /// The argument memory of a command about the device, which may have to be asked for first: that takes the same
    /// memory.
    private MemorySegment argument(int id, long byteSize) throws ErrnoException {
        if (!unprivileged.containsKey(id)) {
            info(id);
        }
        return ring.argument(byteSize);
    }

    private int run(String name, long cmdOp, int id, MemorySegment argument, long data) throws ErrnoException {
        final String path = unprivileged.getOrDefault(id, false) ? UblkDeviceInfo.charDevicePath(id) : "";
        return check(name, id, ring.run(op(cmdOp), id, ALL_QUEUES, path, argument, data));
    }

    private static int op(long cmdOp) {
        return (int) cmdOp;
    }

    private static int check(String name, int id, int result) throws ErrnoException {
        final String subject = id == NO_DEVICE ? PATH : "ublk device " + id;
        return ErrnoException.check("uring_cmd(UBLK_U_CMD_" + name + ")", subject, result);
    }

    /// Gives the ring and the descriptor back. Idempotent.
    @Override
    public void close() {
        ring.close();
    }
}
