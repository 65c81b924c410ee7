package io.dmctl.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.block.Block;
import io.dmctl.bindings.block.loop_config;
import io.dmctl.bindings.block.loop_info64;
import io.dmctl.bindings.block.nbd_reply;
import io.dmctl.bindings.block.nbd_request;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.dm.dm_ioctl;
import io.dmctl.bindings.dm.dm_name_list;
import io.dmctl.bindings.dm.dm_target_deps;
import io.dmctl.bindings.dm.dm_target_msg;
import io.dmctl.bindings.dm.dm_target_spec;
import io.dmctl.bindings.dm.dm_target_versions;
import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.libc.cmsghdr;
import io.dmctl.bindings.libc.flock;
import io.dmctl.bindings.libc.iovec;
import io.dmctl.bindings.libc.msghdr;
import io.dmctl.bindings.libc.pollfd;
import io.dmctl.bindings.libc.rlimit;
import io.dmctl.bindings.libc.sockaddr_un;
import io.dmctl.bindings.libc.statx;
import io.dmctl.bindings.libc.ucred;
import io.dmctl.bindings.sys.FileExtents;
import io.dmctl.bindings.sys.FsFreeze;
import io.dmctl.bindings.sys.LibcMacros;
import io.dmctl.bindings.sys.SysNumbers;
import io.dmctl.bindings.ublk.Ublk;
import io.dmctl.bindings.ublk.ublk_auto_buf_reg;
import io.dmctl.bindings.ublk.ublk_batch_io;
import io.dmctl.bindings.ublk.ublk_elem_header;
import io.dmctl.bindings.ublk.ublk_param_basic;
import io.dmctl.bindings.ublk.ublk_param_devt;
import io.dmctl.bindings.ublk.ublk_param_discard;
import io.dmctl.bindings.ublk.ublk_param_dma_align;
import io.dmctl.bindings.ublk.ublk_param_integrity;
import io.dmctl.bindings.ublk.ublk_param_segment;
import io.dmctl.bindings.ublk.ublk_param_zoned;
import io.dmctl.bindings.ublk.ublk_params;
import io.dmctl.bindings.ublk.ublk_shmem_buf_reg;
import io.dmctl.bindings.ublk.ublksrv_ctrl_cmd;
import io.dmctl.bindings.ublk.ublksrv_ctrl_dev_info;
import io.dmctl.bindings.ublk.ublksrv_io_cmd;
import io.dmctl.bindings.ublk.ublksrv_io_desc;
import io.dmctl.bindings.ublkctl.UblkFeature;
import io.dmctl.bindings.ublkctl.UblkIo;
import io.dmctl.bindings.ublkctl.UblkParams;
import io.dmctl.bindings.uring.Uring;
import io.dmctl.bindings.uring.__kernel_timespec;
import io.dmctl.bindings.uring.io_cqring_offsets;
import io.dmctl.bindings.uring.io_sqring_offsets;
import io.dmctl.bindings.uring.io_uring_buf;
import io.dmctl.bindings.uring.io_uring_buf_reg;
import io.dmctl.bindings.uring.io_uring_cqe;
import io.dmctl.bindings.uring.io_uring_files_update;
import io.dmctl.bindings.uring.io_uring_getevents_arg;
import io.dmctl.bindings.uring.io_uring_params;
import io.dmctl.bindings.uring.io_uring_probe;
import io.dmctl.bindings.uring.io_uring_probe_op;
import io.dmctl.bindings.uring.io_uring_rsrc_register;
import io.dmctl.bindings.uring.io_uring_rsrc_update;
import io.dmctl.bindings.uring.io_uring_rsrc_update2;
import io.dmctl.bindings.uring.io_uring_sqe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sizes, offsets and constants of the Java side against a C program that is compiled from the headers. A new
/// struct, or a new companion constant, is one line here; generated constants are found by themselves.
class LayoutTest {
    @TempDir
    Path dir;

    @Test
    void kernelInterfacesAreLaidOutAsInTheLabKernelsHeaders() throws Exception {
        final CProbe probe = new CProbe();
        probe.include("errno.h", "stddef.h", "linux/ioctl.h", "linux/dm-ioctl.h", "linux/ublk_cmd.h");
        probe.include("linux/io_uring.h", "linux/io_uring/query.h", "linux/time_types.h", "linux/fs.h", "linux/loop.h");
        probe.include("linux/blkzoned.h", "linux/blktrace_api.h", "linux/blkpg.h", "linux/hdreg.h");
        probe.include("linux/fiemap.h", "linux/nbd.h", "linux/nbd-netlink.h", "linux/if_alg.h");
        for (Class<?> struct : KERNEL_STRUCTS) {
            probe.struct("struct " + struct.getSimpleName(), struct);
        }
        for (Class<?> header : List.of(Dm.class, Ublk.class, Uring.class, Block.class)) {
            probe.constants(header);
        }
        companions(probe);
        check(probe, List.of("-isystem", LabKernel.headersOrSkip().toString()), 1000);
    }

    /// The C library's own headers are the machine's: the generated ones are of glibc 2.36.
    @Test
    void libcIsLaidOutAsInThisMachinesHeaders() throws Exception {
        final CProbe probe = new CProbe();
        probe.include("errno.h", "fcntl.h", "poll.h", "sched.h", "signal.h", "unistd.h", "stddef.h", "termios.h");
        probe.include("sys/eventfd.h", "sys/ioctl.h", "sys/mman.h", "sys/prctl.h", "sys/resource.h", "sys/socket.h");
        probe.include("sys/stat.h", "sys/syscall.h", "sys/timerfd.h", "sys/uio.h", "sys/un.h", "sys/random.h");
        probe.include("linux/falloc.h", "sys/sem.h", "sys/ipc.h", "sys/mount.h", "sys/file.h", "linux/keyctl.h");
        for (Class<?> struct : LIBC_STRUCTS) {
            probe.struct("struct " + struct.getSimpleName(), struct);
        }
        // SIGSTKSZ is no constant in glibc since 2.34, but asked of the CPU.
        probe.constants(Libc.class, "SIGSTKSZ");
        probe.constant("SYS_lseek", SysNumbers.SYS_lseek);
        probe.constant("SYS_setsid", SysNumbers.SYS_setsid);
        probe.constant("MSG_WAITALL", LibcMacros.MSG_WAITALL);
        probe.constant("SEEK_SET", LibcMacros.SEEK_SET);
        probe.constant("SEEK_END", LibcMacros.SEEK_END);
        check(probe, List.of(), 300);
    }

    private void check(CProbe probe, List<String> options, int atLeast) throws Exception {
        CProbe.assumeCompiler();
        final Map<String, String> c = probe.run(dir, options);
        assertTrue(c.size() >= atLeast, () -> "only " + c.size() + " names were compared");
        final Map<String, String> wrong = new TreeMap<>();
        probe.expected().forEach((name, java) -> {
            if (!java.equals(c.get(name))) {
                wrong.put(name, "Java " + java + ", C " + c.get(name));
            }
        });
        assertEquals(Map.of(), wrong);
    }

    private static final List<Class<?>> KERNEL_STRUCTS = List.of(
            dm_ioctl.class,
            dm_target_spec.class,
            dm_target_deps.class,
            dm_name_list.class,
            dm_target_versions.class,
            dm_target_msg.class,
            ublksrv_ctrl_cmd.class,
            ublksrv_ctrl_dev_info.class,
            ublksrv_io_desc.class,
            ublksrv_io_cmd.class,
            ublk_params.class,
            ublk_param_basic.class,
            ublk_param_discard.class,
            ublk_param_devt.class,
            ublk_param_zoned.class,
            ublk_param_dma_align.class,
            ublk_param_segment.class,
            ublk_param_integrity.class,
            ublk_auto_buf_reg.class,
            ublk_batch_io.class,
            ublk_elem_header.class,
            ublk_shmem_buf_reg.class,
            io_uring_sqe.class,
            io_uring_cqe.class,
            io_uring_params.class,
            io_sqring_offsets.class,
            io_cqring_offsets.class,
            io_uring_getevents_arg.class,
            io_uring_files_update.class,
            io_uring_rsrc_register.class,
            io_uring_rsrc_update.class,
            io_uring_rsrc_update2.class,
            io_uring_probe.class,
            io_uring_probe_op.class,
            io_uring_buf.class,
            io_uring_buf_reg.class,
            __kernel_timespec.class,
            loop_config.class,
            loop_info64.class,
            nbd_request.class,
            nbd_reply.class);

    private static final List<Class<?>> LIBC_STRUCTS = List.of(
            statx.class,
            flock.class,
            rlimit.class,
            iovec.class,
            msghdr.class,
            cmsghdr.class,
            ucred.class,
            pollfd.class,
            sockaddr_un.class);

    private static void companions(CProbe probe) {
        probe.constant("FIFREEZE", FsFreeze.FIFREEZE);
        probe.constant("FITHAW", FsFreeze.FITHAW);
        probe.constant("FS_IOC_FIEMAP", FileExtents.FS_IOC_FIEMAP);
        probe.constant("UBLK_U_IO_FETCH_REQ", UblkIo.FETCH_REQ);
        probe.constant("UBLK_U_IO_COMMIT_AND_FETCH_REQ", UblkIo.COMMIT_AND_FETCH_REQ);
        probe.constant("UBLK_U_IO_NEED_GET_DATA", UblkIo.NEED_GET_DATA);
        probe.constant("UBLK_IO_RES_OK", UblkIo.RES_OK);
        probe.constant("UBLK_IO_RES_NEED_GET_DATA", UblkIo.RES_NEED_GET_DATA);
        probe.constant("UBLK_IO_RES_ABORT", UblkIo.RES_ABORT);
        probe.constant("UBLK_IO_OP_READ", UblkIo.OP_READ);
        probe.constant("UBLK_IO_OP_WRITE", UblkIo.OP_WRITE);
        probe.constant("UBLK_IO_OP_FLUSH", UblkIo.OP_FLUSH);
        probe.constant("UBLK_IO_OP_DISCARD", UblkIo.OP_DISCARD);
        probe.constant("UBLK_IO_OP_WRITE_SAME", UblkIo.OP_WRITE_SAME);
        probe.constant("UBLK_IO_OP_WRITE_ZEROES", UblkIo.OP_WRITE_ZEROES);
        probe.constant("UBLK_IO_F_META", UblkIo.F_META);
        probe.constant("UBLK_IO_F_FUA", UblkIo.F_FUA);
        probe.constant("UBLK_IO_F_NOUNMAP", UblkIo.F_NOUNMAP);
        probe.constant("UBLK_IO_F_SWAP", UblkIo.F_SWAP);
        probe.constant("UBLK_IO_F_NEED_REG_BUF", UblkIo.F_NEED_REG_BUF);
        probe.constant("UBLK_MAX_QUEUE_DEPTH", UblkIo.MAX_QUEUE_DEPTH);
        probe.constant("sizeof(struct ublksrv_io_desc)", UblkIo.IO_DESC_BYTES);
        probe.constant(
                "(long long)UBLKSRV_IO_BUF_OFFSET + (3LL << UBLK_QID_OFF) + (5LL << UBLK_TAG_OFF) + 7",
                UblkIo.userCopyPosition(3, 5, 7));
        probe.constant("UBLK_ATTR_READ_ONLY", UblkParams.Basic.READ_ONLY);
        probe.constant("UBLK_ATTR_ROTATIONAL", UblkParams.Basic.ROTATIONAL);
        probe.constant("UBLK_ATTR_VOLATILE_CACHE", UblkParams.Basic.VOLATILE_CACHE);
        probe.constant("UBLK_ATTR_FUA", UblkParams.Basic.FUA);
        for (UblkFeature feature : UblkFeature.values()) {
            probe.constant("UBLK_F_" + feature.name(), feature.mask());
        }
    }
}
