package io.dmctl.bindings.ublkctl;

import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.ublk.Ublk;
import io.dmctl.bindings.ublk.ublk_param_basic;
import io.dmctl.bindings.ublk.ublk_param_devt;
import io.dmctl.bindings.ublk.ublk_param_discard;
import io.dmctl.bindings.ublk.ublk_param_dma_align;
import io.dmctl.bindings.ublk.ublk_param_segment;
import io.dmctl.bindings.ublk.ublk_params;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// [UblkParams] to and from `struct ublk_params`.
final class UblkParamsCodec {
    private UblkParamsCodec() {}

    /// Writes `params`; `to` is zeroed. What is read only is left out: the driver refuses it.
    static void encode(UblkParams params, MemorySegment to) {
        ublk_params.len(to, (int) ublk_params.sizeof());
        int types = Ublk.UBLK_PARAM_TYPE_BASIC();
        basic(params.basic(), ublk_params.basic(to));
        if (params.discard().isPresent()) {
            types |= Ublk.UBLK_PARAM_TYPE_DISCARD();
            discard(params.discard().get(), ublk_params.discard(to));
        }
        if (params.dmaAlignmentMask().isPresent()) {
            types |= Ublk.UBLK_PARAM_TYPE_DMA_ALIGN();
            ublk_param_dma_align.alignment(
                    ublk_params.dma(to), params.dmaAlignmentMask().get());
        }
        if (params.segment().isPresent()) {
            types |= Ublk.UBLK_PARAM_TYPE_SEGMENT();
            segment(params.segment().get(), ublk_params.seg(to));
        }
        ublk_params.types(to, types);
    }

    private static void basic(UblkParams.Basic b, MemorySegment to) {
        ublk_param_basic.attrs(to, b.attributes());
        ublk_param_basic.logical_bs_shift(to, (byte) b.logicalBlockShift());
        ublk_param_basic.physical_bs_shift(to, (byte) b.physicalBlockShift());
        ublk_param_basic.io_opt_shift(to, (byte) b.ioOptShift());
        ublk_param_basic.io_min_shift(to, (byte) b.ioMinShift());
        ublk_param_basic.max_sectors(to, b.maxSectors());
        ublk_param_basic.chunk_sectors(to, b.chunkSectors());
        ublk_param_basic.dev_sectors(to, b.deviceSectors());
        ublk_param_basic.virt_boundary_mask(to, b.virtBoundaryMask());
    }

    private static void discard(UblkParams.Discard d, MemorySegment to) {
        ublk_param_discard.discard_alignment(to, d.alignmentBytes());
        ublk_param_discard.discard_granularity(to, d.granularityBytes());
        ublk_param_discard.max_discard_sectors(to, d.maxDiscardSectors());
        ublk_param_discard.max_write_zeroes_sectors(to, d.maxWriteZeroesSectors());
        // The driver takes one range a discard, no more and (with discards) no fewer.
        ublk_param_discard.max_discard_segments(to, (short) 1);
    }

    private static void segment(UblkParams.Segment s, MemorySegment to) {
        ublk_param_segment.seg_boundary_mask(to, s.boundaryMask());
        ublk_param_segment.max_segment_size(to, s.maxBytes());
        ublk_param_segment.max_segments(to, (short) s.maxSegments());
    }

    static UblkParams decode(MemorySegment from) {
        final int types = ublk_params.types(from);
        return new UblkParams(
                basic(ublk_params.basic(from)),
                (types & Ublk.UBLK_PARAM_TYPE_DISCARD()) != 0
                        ? Optional.of(discard(ublk_params.discard(from)))
                        : Optional.empty(),
                (types & Ublk.UBLK_PARAM_TYPE_DMA_ALIGN()) != 0
                        ? Optional.of(ublk_param_dma_align.alignment(ublk_params.dma(from)))
                        : Optional.empty(),
                (types & Ublk.UBLK_PARAM_TYPE_SEGMENT()) != 0
                        ? Optional.of(segment(ublk_params.seg(from)))
                        : Optional.empty(),
                (types & Ublk.UBLK_PARAM_TYPE_DEVT()) != 0
                        ? Optional.of(devices(ublk_params.devt(from)))
                        : Optional.empty());
    }

    private static UblkParams.Basic basic(MemorySegment from) {
        return new UblkParams.Basic(
                ublk_param_basic.attrs(from),
                ublk_param_basic.logical_bs_shift(from),
                ublk_param_basic.physical_bs_shift(from),
                ublk_param_basic.io_opt_shift(from),
                ublk_param_basic.io_min_shift(from),
                ublk_param_basic.max_sectors(from),
                ublk_param_basic.chunk_sectors(from),
                ublk_param_basic.dev_sectors(from),
                ublk_param_basic.virt_boundary_mask(from));
    }

    private static UblkParams.Discard discard(MemorySegment from) {
        return new UblkParams.Discard(
                ublk_param_discard.discard_alignment(from),
                ublk_param_discard.discard_granularity(from),
                ublk_param_discard.max_discard_sectors(from),
                ublk_param_discard.max_write_zeroes_sectors(from));
    }

    private static UblkParams.Segment segment(MemorySegment from) {
        return new UblkParams.Segment(
                ublk_param_segment.seg_boundary_mask(from),
                ublk_param_segment.max_segment_size(from),
                Short.toUnsignedInt(ublk_param_segment.max_segments(from)));
    }

    private static UblkParams.Devices devices(MemorySegment from) {
        return new UblkParams.Devices(
                new Devno(ublk_param_devt.char_major(from), ublk_param_devt.char_minor(from)),
                new Devno(ublk_param_devt.disk_major(from), ublk_param_devt.disk_minor(from)));
    }
}
