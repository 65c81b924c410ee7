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
    SAVE("write all devices as files that make them again"),
    RESTORE("make the saved devices that are not there"),
    DIFF("tell where the devices are not as described by files"),
    PLAN("print what apply would send to the engines, in order"),
    APPLY("make the devices as described by files"),
    RENAME("give a device another name, or a uuid"),
    TABLE("print the tables of devices"),
    STATUS("print what the targets of devices say"),
    EXPLAIN("print tables and status as named fields with units"),
    INFO("print the state of devices"),
    LS("list the devices"),
    DEPS("print the devices that a table uses"),
    TARGETS("list the target types"),
    VERSION("print the versions of dmctl and of its engines"),
    MESSAGE("send words to a target"),
    PROBE("ask a multipath device whether a path works"),
    WAIT("wait for an event of a device"),
    WATCH("tell what happens to the devices, as it happens"),
    TOP("tell how much I/O the devices do, and how long it takes"),
    CLEAR("drop the loaded tables that are not in use"),
    NEW_TARGET("make the project of a target of your own"),
    REPLAY("write to a device what a log-writes target has logged"),
    RECOVER("bring devices back whose server has died"),
    UPGRADE("give devices a server of the present code, while they run"),
    SUPERVISE("recover the devices of a server that dies"),
    VERITY("make and check the hash trees of verity devices"),
    UBLK("list, stop, delete and quiesce ublk devices, whoever serves them"),
    FEATURES("tell what this machine can do, and what would change that"),
    COMPLETION("print the script that makes a shell complete dmctl's command lines"),
    MAN("write the help pages as manual pages");

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
            case SAVE -> new SaveCommand();
            case RESTORE -> new RestoreCommand();
            case DIFF -> new DiffCommand();
            case PLAN -> new PlanCommand();
            case APPLY -> new ApplyCommand();
            case RENAME -> new RenameCommand();
            case TABLE -> new TableCommand();
            case STATUS -> new StatusCommand();
            case EXPLAIN -> new ExplainCommand();
            case INFO -> new InfoCommand();
            case LS -> new LsCommand();
            case DEPS -> new DepsCommand();
            case TARGETS -> new TargetsCommand();
            case VERSION -> new VersionCommand();
            case MESSAGE -> new MessageCommand();
            case PROBE -> new ProbeCommand();
            case WAIT -> new WaitCommand();
            case WATCH -> new WatchCommand();
            case TOP -> new TopCommand();
            case CLEAR -> new ClearCommand();
            case NEW_TARGET -> new NewTargetCommand();
            case REPLAY -> new ReplayCommand();
            case RECOVER -> new RecoverCommand();
            case UPGRADE -> new UpgradeCommand();
            case SUPERVISE -> new SuperviseCommand();
            case UBLK -> new UblkCommand();
            case VERITY -> new VerityCommand();
            case FEATURES -> new FeaturesCommand();
            case COMPLETION -> new CompletionCommand();
            case MAN -> new ManCommand();
        };
    }
}
