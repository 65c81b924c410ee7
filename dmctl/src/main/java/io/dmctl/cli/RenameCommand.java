package io.dmctl.cli;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.List;

/// `rename`: a new name, or a uuid for a device that has none. A name or uuid is taken when either engine has it.
final class RenameCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.RENAME)
                .example("rename d0 data", "another name")
                .example("rename --setuuid EXAMPLE-1 d0", "a uuid; it cannot be changed later")
                .words("NAME [NEW]", 0, 2)
                .argument("NAME", "a device, or /dev/mapper/NAME; left out with -u or -j")
                .argument("NEW", "the new name")
                .option("UUID", "give the device this uuid, instead of a name", "--setuuid")
                .udevOptions()
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final DeviceArgument.Leading leading = DeviceArgument.leading(args);
        final List<String> words = leading.rest();
        final boolean setUuid = args.has("--setuuid");
        if (words.size() != (setUuid ? 0 : 1)) {
            throw CommandFailure.usage(
                    words.size() > 0
                            ? "unexpected argument: '" + words.getLast() + "'"
                            : "an argument is missing: the new name, or --setuuid UUID");
        }
        final Located device = session.locate(leading.device());
        // The kernel looks a device that is to be renamed up by name only.
        final DmDeviceInfo info = device.info();
        if (setUuid) {
            final DmUuid uuid = DeviceArgument.uuid(args.value("--setuuid").orElseThrow());
            refuseTaken(session, DmId.of(uuid), uuid.unmangled());
            device.run(new DmTask.DevSetUuid(info.name(), uuid));
            return;
        }
        final DmName newName = DeviceArgument.name(words.getFirst());
        refuseTaken(session, DmId.of(newName), newName.unmangled());
        device.run(new DmTask.DevRename(info.name(), newName));
        if (device.isKernels()) {
            session.renameNode(info.name(), newName, info.devno());
        }
    }

    private static void refuseTaken(Session session, DmId id, String shown)
            throws CommandFailure, DmException, IOException {
        if (session.engines().find(id).isPresent()) {
            throw new CommandFailure(
                    ExitCode.BUSY,
                    shown + ": " + Errno.describe(Errno.EBUSY),
                    "another device has it: dmctl ls lists the devices",
                    null);
        }
    }
}
