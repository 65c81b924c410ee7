package io.dmctl.cli;

import java.util.Locale;
import java.util.Optional;

/// The commands. A command's class is loaded only when it is asked for.
enum CommandName {
    QUICKSTART("show the main job with whatever this machine has"),
    CREATE("make a device: a name, its table, in use"),
    CHECK("judge a table without making a device"),
    REMOVE("remove devices"),
    RELOAD("load a table beside the one in use"),
    SUSPEND("stop the I/O of devices"),
    RESUME("put the loaded table in use and let I/O go on"),
    SWAP("put another table in use, and the one before back when it fails"),
    RENAME("give a device another name, or a uuid"),
    TABLE("print the tables of devices"),
    STATUS("print what the targets of devices say"),
    INFO("print the state of devices"),
    LS("list the devices"),
    DEPS("print the devices that a table uses"),
    TARGETS("list the target types"),
    VERSION("print the versions of dmctl and of its engines"),
    MESSAGE("send words to a target"),
    WAIT("wait for an event of a device"),
    CLEAR("drop the loaded tables that are not in use"),
    NEW_TARGET("make the project of a target of your own"),
    REPLAY("write to a device what a log-writes target has logged"),
    RECOVER("bring devices back whose server has died"),
    SUPERVISE("recover the devices of a server that dies"),
    VERITY("make and check the hash trees of verity devices"),
    FEATURES("tell what this machine can do, and what would change that");

    private final String summary;

    CommandName(String summary) {
        this.summary = summary;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String summary() {
        return summary;
    }

    /// The command that `word` names; `load` is `reload`.
    static Optional<CommandName> find(String word) {
        if (word.equals("load")) {
            return Optional.of(RELOAD);
        }
        for (CommandName name : values()) {
            if (name.word().equals(word)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    Command make() {
        return switch (this) {
            case QUICKSTART -> new QuickstartCommand();
            case CREATE -> new CreateCommand();
            case CHECK -> new CheckCommand();
            case REMOVE -> new RemoveCommand();
            case RELOAD -> new ReloadCommand();
            case SUSPEND -> new SuspendCommand();
            case RESUME -> new ResumeCommand();
            case SWAP -> new SwapCommand();
            case RENAME -> new RenameCommand();
            case TABLE -> new TableCommand();
            case STATUS -> new StatusCommand();
            case INFO -> new InfoCommand();
            case LS -> new LsCommand();
            case DEPS -> new DepsCommand();
            case TARGETS -> new TargetsCommand();
            case VERSION -> new VersionCommand();
            case MESSAGE -> new MessageCommand();
            case WAIT -> new WaitCommand();
            case CLEAR -> new ClearCommand();
            case NEW_TARGET -> new NewTargetCommand();
            case REPLAY -> new ReplayCommand();
            case RECOVER -> new RecoverCommand();
            case SUPERVISE -> new SuperviseCommand();
            case VERITY -> new VerityCommand();
            case FEATURES -> new FeaturesCommand();
        };
    }
}
