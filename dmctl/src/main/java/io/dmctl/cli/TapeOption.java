package io.dmctl.cli;

import io.dmctl.bindings.control.DmRecorder;
import io.dmctl.bindings.control.DmReplay;
import io.dmctl.bindings.control.DmTape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `--record FILE` or `--replay FILE`, which stands before the command.
///
/// @param words how many it is
record TapeOption(boolean replay, Path file, int words) {
    static final String RECORD = "--record";
    static final String REPLAY = "--replay";

    static boolean is(String word) {
        return word.startsWith(RECORD) || word.startsWith(REPLAY);
    }

    /// The option that `args` begin with.
    ///
    /// @throws CommandFailure with [ExitCode#USAGE], also when no command is behind it
    static TapeOption of(List<String> args) throws CommandFailure {
        final String word = args.getFirst();
        final int equals = word.indexOf('=');
        final String name = equals < 0 ? word : word.substring(0, equals);
        if (!name.equals(RECORD) && !name.equals(REPLAY)) {
            throw CommandFailure.usage(word + ": no such option");
        }
        final int words = equals < 0 ? 2 : 1;
        final String file = equals >= 0 ? word.substring(equals + 1) : args.size() < 2 ? "" : args.get(1);
        if (file.isEmpty()) {
            throw CommandFailure.usage(name + " needs a file");
        }
        final TapeOption option = new TapeOption(name.equals(REPLAY), Path.of(file), words);
        if (args.size() == words) {
            throw CommandFailure.usage(name + " " + file + ": a command is missing");
        }
        if (is(args.get(words))) {
            throw CommandFailure.usage(name + " and " + args.get(words) + ": one record at a time");
        }
        return option;
    }

    private String name() {
        return replay ? REPLAY : RECORD;
    }

    /// Begins or reads the record.
    ///
    /// @throws CommandFailure when the command has more to it than ioctls
    DmTape open(CommandName command) throws CommandFailure, IOException {
        switch (command) {
            case CREATE,
                    REMOVE,
                    RELOAD,
                    SUSPEND,
                    RESUME,
                    SWAP,
                    RENAME,
                    TABLE,
                    STATUS,
                    EXPLAIN,
                    INFO,
                    LS,
                    DEPS,
                    TARGETS,
                    VERSION,
                    MESSAGE,
                    WAIT,
                    CLEAR -> {}
            case CHECK, SAVE, RESTORE, DIFF, PLAN, APPLY, PROBE -> {
                if (replay) {
                    throw refused(command, "looks at the block devices of this machine, which a record does not have");
                }
            }
            case QUICKSTART,
                    WATCH,
                    TOP,
                    NEW_TARGET,
                    REPLAY,
                    RECOVER,
                    UPGRADE,
                    SUPERVISE,
                    VERITY,
                    UBLK,
                    FEATURES,
                    COMPLETION,
                    MAN -> throw refused(command, "works with more than the kernel's dm ioctls, or without them");
        }
        return open();
    }

    private CommandFailure refused(CommandName command, String why) {
        return new CommandFailure(ExitCode.UNSUPPORTED, name() + ": " + command.word() + " " + why);
    }

    DmTape open() throws IOException {
        return replay ? DmReplay.open(file) : DmRecorder.create(file);
    }
}
