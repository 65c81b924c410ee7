package io.dmctl.cli;

import java.io.IOException;
import java.nio.file.Path;

/// `man`: the help pages as manual pages.
final class ManCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.MAN)
                .example("man ~/.local/share/man/man1", "then man dmctl-create finds its page")
                .words("FOLDER", 1, 1)
                .argument("FOLDER", "is made when it is not there; pages of the same names are replaced");
    }

    @Override
    public void run(Arguments args, Session session) throws IOException {
        ManPages.write(Path.of(args.words().getFirst()));
    }
}
