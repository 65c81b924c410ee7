package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/// `message`: words to the target at a sector.
final class MessageCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.MESSAGE)
                .example("message pool 0 create_thin 0", "to the target at sector 0")
                .example("message d0 0 @stats_list", "to device-mapper itself")
                .words("NAME SECTOR WORD...", 2, Integer.MAX_VALUE)
                .argument("NAME", "a device, or /dev/mapper/NAME; left out with -u or -j")
                .argument("SECTOR", "which target: one of its sectors (512 bytes)")
                .argument("WORD...", "the message; joined by blanks, never taken for options")
                .verbatimWords()
                .deviceOptions()
                .json();
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, DmException, IOException {
        final DeviceArgument.Leading leading = DeviceArgument.leading(args);
        final List<String> words = leading.rest();
        if (words.size() < 2) {
            throw CommandFailure.usage("an argument is missing: SECTOR and the words of the message");
        }
        final long sector = Arguments.number("SECTOR", words.getFirst(), 0, Long.MAX_VALUE);
        final Located device = session.locate(leading.device());
        final Optional<String> answer = device.run(
                new DmTask.TargetMessage(device.id(), sector, String.join(" ", words.subList(1, words.size()))));
        final Json json = session.json();
        if (json != null) {
            DeviceJson.identity(json.object("device"), device, device.info());
            json.endObject();
            DeviceJson.text(json, "answer", answer);
        } else if (answer.isPresent()) {
            final PrintStream out = session.streams().out();
            out.print(answer.get());
            if (!answer.get().endsWith("\n")) {
                out.println();
            }
        }
    }
}
