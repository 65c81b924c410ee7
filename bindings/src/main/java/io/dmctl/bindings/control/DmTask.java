package io.dmctl.bindings.control;

import io.dmctl.bindings.control.DmStructs.TargetMsg;
import io.dmctl.bindings.dm.Dm;
import io.dmctl.bindings.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A command to device-mapper, one record each; `R` is its reply. [DmControl#run] runs it.
///
/// Alone, no command carries a udev cookie: [WithCookie] sends one along, and [UdevTransport] waits for udev by one of
/// its own.
public sealed interface DmTask<R> {
    DmCommand command();

    /// What the command is about, for messages.
    String subject();

    /// Bytes of input behind the header.
    default long payloadBytes() {
        return 0;
    }

    /// Writes the request, all but what [DmRequestWriter] fills in by itself.
    void encode(DmRequestWriter out);

    /// Reads the reply.
    ///
    /// @throws DmProtocolException when the peer's bytes are no reply
    R decode(DmReplyReader in) throws DmProtocolException;

    /// A command about one device.
    sealed interface DeviceTask<R> extends DmTask<R> {
        DmId id();

        @Override
        default String subject() {
            return id().toString();
        }
    }

    /// A command about one device that answers its state.
    sealed interface StateTask extends DeviceTask<DmDeviceInfo> {
        @Override
        default DmDeviceInfo decode(DmReplyReader in) throws DmProtocolException {
            return in.info();
        }
    }

    /// The version of the interface.
    record Version() implements DmTask<DmVersion> {
        @Override
        public DmCommand command() {
            return DmCommand.VERSION;
        }

        @Override
        public String subject() {
            return "device-mapper";
        }

        @Override
        public void encode(DmRequestWriter out) {}

        @Override
        public DmVersion decode(DmReplyReader in) {
            return in.version();
        }
    }

    /// Removes every device that is not open; `deferred`: the others when their last user closes them.
    record RemoveAll(boolean deferred) implements DmTask<DmAck> {
        @Override
        public DmCommand command() {
            return DmCommand.REMOVE_ALL;
        }

        @Override
        public String subject() {
            return "all devices";
        }

        @Override
        public void encode(DmRequestWriter out) {
            deferredRemove(out, deferred);
        }

        @Override
        public DmAck decode(DmReplyReader in) {
            // The kernel copies nothing back: the flags in the buffer are those of the request.
            return new DmAck(false, false);
        }
    }

    /// All devices, in the order of their names; `withUuids` needs interface 4.46 (older ones answer without).
    record ListDevices(boolean withUuids) implements DmTask<List<DmListedDevice>> {
        @Override
        public DmCommand command() {
            return DmCommand.LIST_DEVICES;
        }

        @Override
        public String subject() {
            return "all devices";
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.flag(Dm.DM_UUID_FLAG(), withUuids);
        }

        @Override
        public List<DmListedDevice> decode(DmReplyReader in) throws DmProtocolException {
            return in.devices();
        }
    }

    /// The target types that are there now (the kernel loads others when a table names them).
    record ListVersions() implements DmTask<List<DmTargetVersion>> {
        @Override
        public DmCommand command() {
            return DmCommand.LIST_VERSIONS;
        }

        @Override
        public String subject() {
            return "all targets";
        }

        @Override
        public void encode(DmRequestWriter out) {}

        @Override
        public List<DmTargetVersion> decode(DmReplyReader in) throws DmProtocolException {
            return in.versions();
        }
    }

    /// The version of one target type, which the kernel loads for this where it can.
    record GetTargetVersion(String type) implements DmTask<DmTargetVersion> {
        public GetTargetVersion {
            if (type.isEmpty() || RawText.ofUtf8(type).length() > DmName.MAX_BYTES || type.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("target type must have 1 to 127 bytes without NUL: " + type);
            }
        }

        @Override
        public DmCommand command() {
            return DmCommand.GET_TARGET_VERSION;
        }

        @Override
        public String subject() {
            return type;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.name(type.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public DmTargetVersion decode(DmReplyReader in) throws DmProtocolException {
            final List<DmTargetVersion> versions = in.versions();
            if (versions.size() != 1) {
                throw new DmProtocolException(Errno.EPROTO, versions.size() + " versions of one");
            }
            return versions.get(0);
        }
    }

    /// A new device without a table. `minor`: the device number to take, else the first that is free.
    record DevCreate(DmName name, Optional<DmUuid> uuid, OptionalInt minor) implements DmTask<DmDeviceInfo> {
        /// C: `MINORBITS` of include/linux/kdev_t.h.
        private static final int MINOR_BITS = 20;

        public DevCreate {
            if (minor.isPresent() && minor.getAsInt() >>> MINOR_BITS != 0) {
                throw new IllegalArgumentException(
                        "minor must be in 0.." + ((1 << MINOR_BITS) - 1) + ", was " + minor.getAsInt());
            }
        }

        @Override
        public DmCommand command() {
            return DmCommand.DEV_CREATE;
        }

        @Override
        public String subject() {
            return name.toString();
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.name(name.bytes());
            if (uuid.isPresent()) {
                out.uuid(uuid.get());
            }
            if (minor.isPresent()) {
                out.persistentMinor(minor.getAsInt());
            }
        }

        @Override
        public DmDeviceInfo decode(DmReplyReader in) throws DmProtocolException {
            return in.info();
        }
    }

    /// Removes a device; `deferred`: when it is open, once its last user closes it.
    record DevRemove(DmId id, boolean deferred) implements DeviceTask<DmAck> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_REMOVE;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            deferredRemove(out, deferred);
        }

        @Override
        public DmAck decode(DmReplyReader in) {
            return in.ack();
        }
    }

    /// Gives a device another name. The reply still has the old one.
    record DevRename(DmName name, DmName newName) implements DmTask<DmDeviceInfo> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_RENAME;
        }

        @Override
        public String subject() {
            return name.toString();
        }

        @Override
        public long payloadBytes() {
            return DmHeader.NAME_BYTES;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.name(name.bytes());
            out.string(newName.bytes());
        }

        @Override
        public DmDeviceInfo decode(DmReplyReader in) throws DmProtocolException {
            return in.info();
        }
    }

    /// Gives a uuid to a device that has none.
    record DevSetUuid(DmName name, DmUuid newUuid) implements DmTask<DmDeviceInfo> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_RENAME;
        }

        @Override
        public String subject() {
            return name.toString();
        }

        @Override
        public long payloadBytes() {
            return DmHeader.UUID_BYTES;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.needs(19);
            out.name(name.bytes());
            out.flag(Dm.DM_UUID_FLAG(), true);
            out.string(newUuid.bytes());
        }

        @Override
        public DmDeviceInfo decode(DmReplyReader in) throws DmProtocolException {
            return in.info();
        }
    }

    /// Stops I/O. `noflush`: what is queued stays queued; `skipLockfs`: a file system on it is not frozen.
    /// Blocks until I/O in flight is over.
    record DevSuspend(DmId id, boolean noflush, boolean skipLockfs) implements StateTask {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_SUSPEND;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.flag(Dm.DM_SUSPEND_FLAG(), true);
            out.flag(Dm.DM_NOFLUSH_FLAG(), noflush);
            out.flag(Dm.DM_SKIP_LOCKFS_FLAG(), skipLockfs);
        }
    }

    /// Puts a loaded table in use and lets I/O go on. A device that is not suspended is suspended for the swap,
    /// with these flags. After a failed swap the device is suspended with its old table: a second resume lets
    /// it go on.
    record DevResume(DmId id, boolean noflush, boolean skipLockfs) implements StateTask {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_SUSPEND;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.flag(Dm.DM_NOFLUSH_FLAG(), noflush);
            out.flag(Dm.DM_SKIP_LOCKFS_FLAG(), skipLockfs);
        }
    }

    /// A device's state; `inactive`: target count and read-only flag are those of the loaded table.
    record DevStatus(DmId id, boolean inactive) implements StateTask {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_STATUS;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            queryInactive(out, inactive);
        }
    }

    /// Waits until the device's event number differs from `eventNr`, then answers as [TableStatus] does, with its
    /// `noflush`. Blocks a thread.
    record DevWait(DmId id, int eventNr, boolean noflush) implements DeviceTask<DmStatus> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_WAIT;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.eventNr(eventNr);
            out.flag(Dm.DM_NOFLUSH_FLAG(), noflush);
        }

        @Override
        public DmStatus decode(DmReplyReader in) throws DmProtocolException {
            return in.status();
        }
    }

    /// From here on [KernelTransport#awaitEvent] waits for what happens next, to any device.
    record DevArmPoll() implements DmTask<DmAck> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_ARM_POLL;
        }

        @Override
        public String subject() {
            return "all devices";
        }

        @Override
        public void encode(DmRequestWriter out) {}

        @Override
        public DmAck decode(DmReplyReader in) {
            return in.ack();
        }
    }

    /// Loads a table into the inactive slot. A `\` in parameters stands for itself, as in dmsetup.
    record TableLoad(DmId id, DmTable table, boolean readonly) implements StateTask {
        @Override
        public DmCommand command() {
            return DmCommand.TABLE_LOAD;
        }

        @Override
        public long payloadBytes() {
            return DmRequestWriter.tableBytes(table.lines());
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.flag(Dm.DM_READONLY_FLAG(), readonly);
            out.table(table.lines());
        }
    }

    /// Drops the table in the inactive slot.
    record TableClear(DmId id) implements StateTask {
        @Override
        public DmCommand command() {
            return DmCommand.TABLE_CLEAR;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
        }
    }

    /// The devices that a table uses, and the state of its own.
    record TableDeps(DmId id, boolean inactive) implements DeviceTask<DmDeps> {
        @Override
        public DmCommand command() {
            return DmCommand.TABLE_DEPS;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            queryInactive(out, inactive);
        }

        @Override
        public DmDeps decode(DmReplyReader in) throws DmProtocolException {
            return new DmDeps(in.info(), in.deps());
        }
    }

    /// What each target says. `noflush`: targets answer from what they know, without writing anything out
    /// first.
    record TableStatus(DmId id, Kind kind, boolean inactive, boolean noflush) implements DeviceTask<DmStatus> {
        /// INFO: how it does; TABLE: the parameters that make it again; IMA: what is measured of it (4.45).
        public enum Kind {
            INFO,
            TABLE,
            IMA
        }

        @Override
        public DmCommand command() {
            return DmCommand.TABLE_STATUS;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            queryInactive(out, inactive);
            out.flag(Dm.DM_NOFLUSH_FLAG(), noflush);
            out.flag(Dm.DM_STATUS_TABLE_FLAG(), kind == Kind.TABLE);
            if (kind == Kind.IMA) {
                out.needs(45);
                out.flag(Dm.DM_IMA_MEASUREMENT_FLAG(), true);
            }
        }

        @Override
        public DmStatus decode(DmReplyReader in) throws DmProtocolException {
            return in.status();
        }
    }

    /// Sends words to the target at `sector` (512 bytes), or to the core when they begin with `@`. Empty: done,
    /// without an answer.
    record TargetMessage(DmId id, long sector, String message) implements DeviceTask<Optional<String>> {
        public TargetMessage {
            if (message.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a message must not contain NUL");
            }
        }

        @Override
        public DmCommand command() {
            return DmCommand.TARGET_MSG;
        }

        @Override
        public long payloadBytes() {
            return TargetMsg.MESSAGE + message.getBytes(StandardCharsets.UTF_8).length + 1;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.message(sector, message.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Optional<String> decode(DmReplyReader in) throws DmProtocolException {
            return in.dataOut();
        }
    }

    /// Sets the geometry that HDIO_GETGEO tells: cylinders up to 65535, heads and sectors up to 255.
    record SetGeometry(DmId id, long cylinders, long heads, long sectors, long startSector)
            implements DeviceTask<DmAck> {
        @Override
        public DmCommand command() {
            return DmCommand.DEV_SET_GEOMETRY;
        }

        @Override
        public long payloadBytes() {
            return text().length + 1L;
        }

        @Override
        public void encode(DmRequestWriter out) {
            out.id(id);
            out.string(text());
        }

        private byte[] text() {
            return (cylinders + " " + heads + " " + sectors + " " + startSector).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public DmAck decode(DmReplyReader in) {
            return in.ack();
        }
    }

    /// Another command with more in its header.
    sealed interface Wrapping<R> extends DmTask<R> {
        DmTask<R> task();

        @Override
        default DmCommand command() {
            return task().command();
        }

        @Override
        default String subject() {
            return task().subject();
        }

        @Override
        default long payloadBytes() {
            return task().payloadBytes();
        }

        @Override
        default R decode(DmReplyReader in) throws DmProtocolException {
            return task().decode(in);
        }
    }

    /// `task`, a resume, a removal or a renaming, with a number that udev finds in its event as `DM_COOKIE`: flags in
    /// the upper half, the cookie in the lower.
    record WithCookie<R>(DmTask<R> task, int cookie) implements Wrapping<R> {
        @Override
        public void encode(DmRequestWriter out) {
            out.needs(15);
            task.encode(out);
            out.eventNr(cookie);
        }
    }

    /// `task` about the table that is loaded, not the one in use, as far as its reply tells of a table.
    record QueryInactive<R>(DmTask<R> task) implements Wrapping<R> {
        @Override
        public void encode(DmRequestWriter out) {
            task.encode(out);
            queryInactive(out, true);
        }
    }

    private static void deferredRemove(DmRequestWriter out, boolean deferred) {
        if (deferred) {
            out.needs(27);
            out.flag(Dm.DM_DEFERRED_REMOVE(), true);
        }
    }

    private static void queryInactive(DmRequestWriter out, boolean inactive) {
        if (inactive) {
            out.needs(16);
            out.flag(Dm.DM_QUERY_INACTIVE_TABLE_FLAG(), true);
        }
    }
}
