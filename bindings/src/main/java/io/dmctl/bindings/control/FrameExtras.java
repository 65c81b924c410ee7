package io.dmctl.bindings.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.dmctl.bindings.sys.Fd;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a frame has behind its body: TLVs of {u16 type, u16 zero, u32 length, UTF-8 text}, each padded to 8 bytes.
/// Types that this version does not know are skipped: a server outlives its clients' upgrades.
record FrameExtras(@Nullable String reason, List<DeviceDescriptor> devices, List<String> options) {
    private static final int HEAD_BYTES = 8;
    private static final int REASON = 1;
    private static final int DEVICE_WORD = 2;
    private static final int OPTION = 3;

    /// @throws MalformedFrameException when they are longer than a frame may carry
    byte[] encode() throws MalformedFrameException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (reason != null) {
            append(out, REASON, reason);
        }
        for (DeviceDescriptor device : devices) {
            append(out, DEVICE_WORD, device.word());
        }
        for (String option : options) {
            append(out, OPTION, option);
        }
        if (out.size() > FrameHeader.MAX_TLV_BYTES) {
            throw new MalformedFrameException("frame: reason, options and words have " + out.size() + " bytes, at most "
                    + FrameHeader.MAX_TLV_BYTES);
        }
        return out.toByteArray();
    }

    private static void append(ByteArrayOutputStream out, int type, String text) {
        final byte[] value = text.getBytes(StandardCharsets.UTF_8);
        final byte[] tlv = new byte[HEAD_BYTES + (int) Payload.align8(value.length)];
        final MemorySegment segment = MemorySegment.ofArray(tlv);
        segment.set(JAVA_SHORT_UNALIGNED, 0, (short) type);
        segment.set(JAVA_INT_UNALIGNED, 4, value.length);
        System.arraycopy(value, 0, tlv, HEAD_BYTES, value.length);
        out.writeBytes(tlv);
    }

    /// `descriptors` are the ones that came with the frame, as many as there are words for.
    static FrameExtras decode(MemorySegment tlvs, List<Fd> descriptors) throws MalformedFrameException {
        String reason = null;
        final List<DeviceDescriptor> devices = new ArrayList<>();
        final List<String> options = new ArrayList<>();
        long at = 0;
        while (at < tlvs.byteSize()) {
            if (at > tlvs.byteSize() - HEAD_BYTES) {
                throw new MalformedFrameException("frame: a TLV is cut off");
            }
            final int type = Short.toUnsignedInt(tlvs.get(JAVA_SHORT_UNALIGNED, at));
            final long length = Integer.toUnsignedLong(tlvs.get(JAVA_INT_UNALIGNED, at + 4));
            if (length > tlvs.byteSize() - at - HEAD_BYTES) {
                throw new MalformedFrameException("frame: a TLV of " + length + " bytes is cut off");
            }
            final byte[] value = tlvs.asSlice(at + HEAD_BYTES, length).toArray(JAVA_BYTE);
            final String text = new String(value, StandardCharsets.UTF_8);
            if (type == REASON) {
                reason = text;
            } else if (type == OPTION) {
                options.add(text);
            } else if (type == DEVICE_WORD && devices.size() < descriptors.size()) {
                devices.add(new DeviceDescriptor(text, descriptors.get(devices.size())));
            } else if (type == DEVICE_WORD) {
                throw new MalformedFrameException("frame: more device words than descriptors");
            }
            at += HEAD_BYTES + Payload.align8(length);
        }
        if (devices.size() != descriptors.size()) {
            throw new MalformedFrameException(
                    "frame: " + descriptors.size() + " descriptors, but " + devices.size() + " device words");
        }
        return new FrameExtras(reason, devices, options);
    }
}
