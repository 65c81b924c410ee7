package io.dmctl.cli;

import io.dmctl.backend.state.StateException;
import io.dmctl.backend.state.TableFiles;
import io.dmctl.bindings.control.DmException;
import java.io.IOException;
import java.nio.file.Path;

/// `save`: all devices as files that make them again.
final class SaveCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.SAVE)
                .example("save /etc/dmctl", "a file NAME.table for each device")
                .example("save --replace /etc/dmctl", "again: files of devices that are gone are deleted")
                .words("FOLDER", 1, 1)
                .argument("FOLDER", "is made when it is not there")
                .flag("FOLDER's tables are replaced", "--replace")
                .flag("write keys, too", "--showkeys");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        try {
            TableFiles.write(
                    Path.of(args.words().getFirst()),
                    Described.live(session).describe(args.has("--showkeys")),
                    args.has("--replace"));
        } catch (StateException e) {
            throw Described.failure(e);
        }
    }
}
