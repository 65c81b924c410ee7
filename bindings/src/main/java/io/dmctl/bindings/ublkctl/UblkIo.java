package io.dmctl.bindings.ublkctl;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmctl.bindings.sys.Pages;
import java.lang.foreign.MemorySegment;

/// The data plane's side of ublk: command codes, the argument of a command, the descriptor area, positions for
/// user copy. Constants are compile-time constants, so that they can be `case` labels. Nothing here allocates.
/// Hot path.
///
/// Kernel source: include/uapi/linux/ublk_cmd.h
public final class UblkIo {
    /// C: `#define UBLK_U_IO_FETCH_REQ _IOWR('u', UBLK_IO_FETCH_REQ, struct ublksrv_io_cmd)`
    public static final int FETCH_REQ = 0xc0107520;
    /// C: `#define UBLK_U_IO_COMMIT_AND_FETCH_REQ _IOWR('u', UBLK_IO_COMMIT_AND_FETCH_REQ, struct
    /// ublksrv_io_cmd)`
    public static final int COMMIT_AND_FETCH_REQ = 0xc0107521;
    /// C: `#define UBLK_U_IO_NEED_GET_DATA _IOWR('u', UBLK_IO_NEED_GET_DATA, struct ublksrv_io_cmd)`
    public static final int NEED_GET_DATA = 0xc0107522;

    /// C: `#define UBLK_IO_RES_OK 0`
    public static final int RES_OK = 0;
    /// C: `#define UBLK_IO_RES_NEED_GET_DATA 1`
    public static final int RES_NEED_GET_DATA = 1;
    /// C: `#define UBLK_IO_RES_ABORT (-ENODEV)`: the device stops; do not fetch again.
    public static final int RES_ABORT = -19;

    /// C: `#define UBLK_IO_OP_READ 0`, and so on
    public static final int OP_READ = 0;

    public static final int OP_WRITE = 1;
    public static final int OP_FLUSH = 2;
    public static final int OP_DISCARD = 3;
    public static final int OP_WRITE_SAME = 4;
    public static final int OP_WRITE_ZEROES = 5;

    /// C: `#define UBLK_IO_F_META (1U << 11)`, and so on
    public static final int F_META = 1 << 11;

    public static final int F_FUA = 1 << 13;
    public static final int F_NOUNMAP = 1 << 15;
    public static final int F_SWAP = 1 << 16;
    public static final int F_NEED_REG_BUF = 1 << 17;
    public static final int F_SHMEM_ZC = 1 << 19;

    /// C: `#define UBLK_MAX_QUEUE_DEPTH 4096`
    public static final int MAX_QUEUE_DEPTH = 4096;

    /// C: `sizeof(struct ublksrv_io_desc)`
    public static final int IO_DESC_BYTES = 24;

    private static final int OP_MASK = 0xff;
    /// C: `#define UBLK_AUTO_BUF_REG_FALLBACK (1 << 0)`
    static final long AUTO_BUF_REG_FALLBACK = 1;

    /// C: `offsetof(struct ublksrv_io_desc, nr_sectors)`, and so on
    static final int NR_SECTORS_OFFSET = 4;

    static final int START_SECTOR_OFFSET = 8;
    static final int ADDR_OFFSET = 16;

    /// C: `#define UBLKSRV_IO_BUF_OFFSET 0x80000000`; a long, since the C value is unsigned
    static final long IO_BUF_OFFSET = 0x80000000L;
    /// C: `#define UBLK_TAG_OFF UBLK_IO_BUF_BITS`
    static final int TAG_SHIFT = 25;
    /// C: `#define UBLK_SHMEM_ZC_IDX_OFF 32`
    static final int SHMEM_INDEX_SHIFT = 32;
    /// C: `#define UBLK_QID_OFF (UBLK_TAG_OFF + UBLK_TAG_BITS)`
    static final int QUEUE_SHIFT = 41;

    private UblkIo() {}

    /// What FETCH and COMMIT carry as their `addr` with AUTO_BUF_REG: the driver registers the request's bytes as
    /// buffer `index` of the ring. Where it cannot, the request comes with [#F_NEED_REG_BUF].
    ///
    /// C: `ublk_auto_buf_reg_to_sqe_addr` of {index, UBLK_AUTO_BUF_REG_FALLBACK}
    public static long autoBufReg(int index) {
        return (index & 0xffffL) | AUTO_BUF_REG_FALLBACK << 16;
    }

    /// The first 8 bytes of a command's `struct ublksrv_io_cmd`.
    ///
    /// @param result bytes done, or -errno; 0 for FETCH. Never 0 for a WRITE (the kernel would requeue it for
    /// ever), never -EAGAIN
    public static long cmdLow(int queue, int tag, int result) {
        return (queue & 0xffffL) | ((tag & 0xffffL) << 16) | ((long) result << 32);
    }

    /// The last 8 bytes: the address of the tag's buffer in copy mode, 0 with USER_COPY and zero copy.
    public static long cmdHigh(long bufferAddress) {
        return bufferAddress;
    }

    /// What to map of /dev/ublkcN, readable and shared, to see a queue's descriptors.
    public static long descriptorAreaBytes(int depth) {
        return Pages.roundUp((long) depth * IO_DESC_BYTES);
    }

    /// Where in /dev/ublkcN the area of `queue` is.
    public static long descriptorAreaOffset(int queue) {
        return queue * descriptorAreaBytes(MAX_QUEUE_DEPTH);
    }

    /// Byte offset of a tag's descriptor in its queue's area.
    public static long descriptorOffset(int tag) {
        return (long) tag * IO_DESC_BYTES;
    }

    /// Operation and flags in one word: see [#op] and [#flags].
    public static int opFlags(MemorySegment area, long descriptor) {
        return area.get(JAVA_INT, descriptor);
    }

    public static int op(int opFlags) {
        return opFlags & OP_MASK;
    }

    /// The F_* bits.
    public static int flags(int opFlags) {
        return opFlags & ~OP_MASK;
    }

    public static int nrSectors(MemorySegment area, long descriptor) {
        return area.get(JAVA_INT, descriptor + NR_SECTORS_OFFSET);
    }

    public static long startSector(MemorySegment area, long descriptor) {
        return area.get(JAVA_LONG, descriptor + START_SECTOR_OFFSET);
    }

    public static long address(MemorySegment area, long descriptor) {
        return area.get(JAVA_LONG, descriptor + ADDR_OFFSET);
    }

    /// With [#F_SHMEM_ZC]: the index of the registered memory that the request's bytes lie in.
    ///
    /// C: `ublk_shmem_zc_index`
    public static int shmemIndex(long address) {
        return (int) (address >>> SHMEM_INDEX_SHIFT) & 0xffff;
    }

    /// And where in it, in bytes. C: `ublk_shmem_zc_offset`
    public static long shmemOffset(long address) {
        return address & 0xffff_ffffL;
    }

    /// Where in /dev/ublkcN the bytes of a request are read (of a WRITE) or written (of a READ), with
    /// USER_COPY.
    public static long userCopyPosition(int queue, int tag, int offsetBytes) {
        return IO_BUF_OFFSET + (((long) queue << QUEUE_SHIFT) | ((long) tag << TAG_SHIFT) | offsetBytes);
    }
}
