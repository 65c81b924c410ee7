package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.Ioctl;
import io.dmctl.bindings.control.DmStructs.TargetMsg;
import io.dmctl.bindings.control.DmStructs.TargetSpec;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The server's side of the codec: a request as the kernel would read it, judged in the kernel's order. The payload is
/// read when it is asked for, because the kernel looks the device up (ENXIO) before it judges a table (EINVAL); it must
/// be read before a [DmReplyWriter] writes, for the reply takes the same buffer.
///
/// Kernel: drivers/md/dm-ioctl.c, `ctl_ioctl()`, `check_version()`, `copy_params()`, `validate_params()`.
public final class DmRequest {
    /// The interface that a server of ours speaks.
    public static final DmVersion INTERFACE =
            new DmVersion(Dm.DM_VERSION_MAJOR(), Dm.DM_VERSION_MINOR(), Dm.DM_VERSION_PATCHLEVEL());

    private final DmCommand command;
    private final MemorySegment buffer;
    private final Payload input;
    private final long size;

    /// A message of [DmCommand#TARGET_MSG]: the sector (512 bytes) that says which target, and the words, unsplit.
    public record Message(long sector, String text) {}

    private DmRequest(DmCommand command, MemorySegment buffer) {
        this.command = command;
        this.buffer = buffer;
        this.input = new Payload(buffer, Errno.EINVAL);
        this.size = Math.min(DmHeader.dataSize(buffer), buffer.byteSize());
    }

    /// Takes the request in `buffer`, whose size is the client's capacity, and writes our version and the flags that a
    /// reply begins with into it.
    ///
    /// @throws DmProtocolException with the kernel's errno; the version is in `buffer` also then
    public static DmRequest decode(int command, MemorySegment buffer) throws DmProtocolException {
        if (buffer.byteSize() < DmHeader.MIN_BYTES) {
            throw invalid("a request of " + buffer.byteSize() + " bytes, the header has " + DmHeader.MIN_BYTES);
        }
        final DmVersion asked = DmHeader.version(buffer);
        DmHeader.version(buffer, INTERFACE);
        if (!INTERFACE.accepts(asked)) {
            throw invalid("interface mismatch: server " + INTERFACE + ", client " + asked);
        }
        final DmCommand known = DmCommand.of(command);
        if (known == null) {
            throw new DmProtocolException(Errno.ENOTTY, "no command has the number " + command);
        }
        final DmRequest request = new DmRequest(known, buffer);
        if (known != DmCommand.VERSION) {
            request.validate();
        }
        return request;
    }

    private void validate() throws DmProtocolException {
        final long dataSize = DmHeader.dataSize(buffer);
        if (dataSize < DmHeader.MIN_BYTES || dataSize > buffer.byteSize()) {
            throw invalid("data size " + dataSize + " in a buffer of " + buffer.byteSize() + " bytes");
        }
        Ioctl.flags(
                buffer,
                Ioctl.flags(buffer)
                        & ~(Dm.DM_BUFFER_FULL_FLAG()
                                | Dm.DM_UEVENT_GENERATED_FLAG()
                                | Dm.DM_SECURE_DATA_FLAG()
                                | Dm.DM_DATA_OUT_FLAG()));
        final boolean named = nameBytes().length > 0;
        if (command == DmCommand.DEV_CREATE && !named) {
            throw invalid("name not supplied when creating device");
        }
        final boolean either = switch (command) {
            case REMOVE_ALL, LIST_DEVICES, LIST_VERSIONS, DEV_CREATE -> false;
            case VERSION,
                    DEV_REMOVE,
                    DEV_RENAME,
                    DEV_SUSPEND,
                    DEV_STATUS,
                    DEV_WAIT,
                    TABLE_LOAD,
                    TABLE_CLEAR,
                    TABLE_DEPS,
                    TABLE_STATUS,
                    TARGET_MSG,
                    DEV_SET_GEOMETRY,
                    DEV_ARM_POLL,
                    GET_TARGET_VERSION -> true;
        };
        if (either && named && uuidBytes().length > 0) {
            throw invalid("only supply one of name or uuid");
        }
        // The kernel cuts both at their fields' ends, and so do the readers here.
    }

    public DmCommand command() {
        return command;
    }

    /// Whether the request has a `DM_*_FLAG`.
    public boolean has(int flag) {
        return DmHeader.has(buffer, flag);
    }

    /// The event number that DEV_WAIT waits to see changed; a udev cookie elsewhere.
    public int eventNr() {
        return Ioctl.event_nr(buffer);
    }

    /// Which device.
    ///
    /// @throws DmProtocolException ENXIO when uuid, name and number name none or more than one
    public DmId id() throws DmProtocolException {
        final byte[] name = nameBytes();
        final byte[] uuid = uuidBytes();
        final long dev = Ioctl.dev(buffer);
        final int given = (name.length > 0 ? 1 : 0) + (uuid.length > 0 ? 1 : 0) + (dev != 0 ? 1 : 0);
        if (given != 1) {
            throw new DmProtocolException(Errno.ENXIO, "names no device, or one in more than one way");
        }
        try {
            return uuid.length > 0
                    ? DmId.of(DmUuid.ofBytes(uuid))
                    : name.length > 0 ? DmId.of(DmName.ofBytes(name)) : DmId.of(Devno.decode(dev));
        } catch (IllegalArgumentException e) {
            throw new DmProtocolException(Errno.ENXIO, String.valueOf(e.getMessage()));
        }
    }

    /// The name of DEV_CREATE, and of DEV_RENAME the device's present one.
    public DmName name() throws DmProtocolException {
        return name(nameBytes());
    }

    /// The uuid of DEV_CREATE.
    public Optional<DmUuid> uuid() throws DmProtocolException {
        final byte[] uuid = uuidBytes();
        return uuid.length == 0 ? Optional.empty() : Optional.of(DmUuid.ofBytes(uuid));
    }

    /// The minor number that DEV_CREATE asks for.
    public OptionalInt minor() {
        return has(Dm.DM_PERSISTENT_DEV_FLAG())
                ? OptionalInt.of(Devno.decode(Ioctl.dev(buffer)).minor())
                : OptionalInt.empty();
    }

    /// The target type of GET_TARGET_VERSION.
    public String targetType() {
        return text(nameBytes());
    }

    /// Whether LIST_DEVICES lists this device: name and uuid are prefixes there.
    public boolean lists(DmListedDevice device) {
        return startsWith(device.name().bytes(), nameBytes())
                && startsWith(device.uuid().map(DmUuid::bytes).orElse(new byte[0]), uuidBytes());
    }

    /// The new name of DEV_RENAME without `DM_UUID_FLAG`.
    public DmName newName() throws DmProtocolException {
        return name(string());
    }

    /// The new uuid of DEV_RENAME with `DM_UUID_FLAG`.
    public DmUuid newUuid() throws DmProtocolException {
        try {
            return DmUuid.ofBytes(string());
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /// The text of DEV_SET_GEOMETRY: cylinders, heads, sectors, start.
    public String geometry() throws DmProtocolException {
        return text(string());
    }

    /// What TARGET_MSG sends.
    public Message message() throws DmProtocolException {
        final long at = dataStart();
        final byte[] words = input.string(at + TargetMsg.MESSAGE, size, "target message");
        return new Message(input.u64(at + TargetMsg.SECTOR), text(words));
    }

    /// The table of TABLE_LOAD. Parameters are as the client sent them: splitting them into words resolves `\`.
    ///
    /// @throws DmProtocolException EINVAL with the line of a spec that overlaps, is misaligned or lies outside
    public List<DmTableLine> table() throws DmProtocolException {
        final long count = Integer.toUnsignedLong(Ioctl.target_count(buffer));
        if (count == 0) {
            throw invalid("no targets specified");
        }
        if (count > DmTable.MAX_TARGETS) {
            throw new DmProtocolException(Errno.EOVERFLOW, count + " targets, at most " + DmTable.MAX_TARGETS);
        }
        final List<DmTableLine> lines = new ArrayList<>();
        long spec = 0;
        long next = DmHeader.dataStart(buffer);
        long least = DmHeader.BYTES;
        for (int i = 0; i < count; i++) {
            if (next < least) {
                throw line(i, "target spec at offset " + next + " overlaps what is before it");
            }
            if (next % Long.BYTES != 0) {
                throw line(i, "target spec at offset " + next + " is not aligned to 8 bytes");
            }
            spec += next;
            final long params = spec + TargetSpec.SIZEOF;
            if (params >= size) {
                throw line(i, "target spec extends beyond the end of the parameters");
            }
            final byte[] text = paramsOf(i, params);
            lines.add(spec(i, spec, text));
            least = params - spec + text.length + 1;
            next = Integer.toUnsignedLong(input.u32(spec + TargetSpec.NEXT));
        }
        return lines;
    }

    private byte[] paramsOf(int i, long at) throws DmProtocolException {
        try {
            return input.string(at, size, "target parameters");
        } catch (DmProtocolException e) {
            throw line(i, String.valueOf(e.getMessage()));
        }
    }

    private DmTableLine spec(int i, long at, byte[] text) throws DmProtocolException {
        final byte[] type;
        try {
            final long params = at + TargetSpec.SIZEOF;
            type = input.string(at + TargetSpec.TARGET_TYPE, params, "target type");
        } catch (DmProtocolException e) {
            throw line(i, String.valueOf(e.getMessage()));
        }
        try {
            return new DmTableLine(
                    input.u64(at + TargetSpec.SECTOR_START), input.u64(at + TargetSpec.LENGTH), text(type), text(text));
        } catch (IllegalArgumentException e) {
            throw line(i, String.valueOf(e.getMessage()));
        }
    }

    private byte[] string() throws DmProtocolException {
        return input.string(dataStart(), size, "string");
    }

    /// Where the payload begins; inside the header's last 7 bytes is allowed, as in the kernel.
    private long dataStart() throws DmProtocolException {
        final long start = DmHeader.dataStart(buffer);
        if (start < DmHeader.MIN_BYTES) {
            throw invalid("data start " + start + " lies in the header");
        }
        return start;
    }

    MemorySegment buffer() {
        return buffer;
    }

    private byte[] nameBytes() {
        return DmHeader.name(buffer);
    }

    private byte[] uuidBytes() {
        return DmHeader.uuid(buffer);
    }

    private static boolean startsWith(byte[] text, byte[] prefix) {
        return text.length >= prefix.length && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static DmName name(byte[] bytes) throws DmProtocolException {
        try {
            return DmName.ofBytes(bytes);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static DmProtocolException line(int line, String reason) {
        return new DmProtocolException(Errno.EINVAL, reason, line);
    }

    private static DmProtocolException invalid(String reason) {
        return new DmProtocolException(Errno.EINVAL, reason);
    }
}
