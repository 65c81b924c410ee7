package io.dmctl.cli;

import java.util.ArrayList;
import java.util.List;

/// How a command is called: examples, arguments, options. Made by the command, read by the parser and by the help page.
final class Usage {
    /// Two texts of a help page that stand beside each other.
    record Item(String left, String right) {}

    /// An option: its names, whether a value follows, and whether it may be given several times.
    record Option(List<String> names, boolean takesValue, boolean repeated) {}

    private final CommandName name;
    private final List<Option> parsed = new ArrayList<>();
    private final List<Item> examples = new ArrayList<>();
    private final List<Item> arguments = new ArrayList<>();
    private final List<Item> options = new ArrayList<>();
    private String line = "";
    private int least;
    private int most = Integer.MAX_VALUE;
    private boolean verbatim;
    private boolean jsonObject;

    Usage(CommandName name) {
        this.name = name;
    }

    Usage example(String commandLine, String what) {
        examples.add(new Item("dmctl " + commandLine, what));
        return this;
    }

    /// The arguments as the usage line has them, and how many words they are.
    Usage words(String usageLine, int fewest, int greatest) {
        line = usageLine;
        least = fewest;
        most = greatest;
        return this;
    }

    Usage argument(String label, String description) {
        arguments.add(new Item(label, description));
        return this;
    }

    /// What follows the first argument is never an option.
    Usage verbatimWords() {
        verbatim = true;
        return this;
    }

    Usage flag(String description, String... names) {
        parsed.add(new Option(List.of(names), false, true));
        options.add(new Item(String.join(", ", names), description));
        return this;
    }

    Usage option(String label, String description, String... names) {
        return option(label, description, new Option(List.of(names), true, false));
    }

    /// An option that may be given several times.
    Usage repeated(String label, String description, String... names) {
        return option(label, description, new Option(List.of(names), true, true));
    }

    private Usage option(String label, String description, Option option) {
        parsed.add(option);
        options.add(new Item(String.join(", ", option.names()) + " " + label, description));
        return this;
    }

    /// The ways to name a device otherwise than by its name.
    Usage deviceOptions() {
        return option("UUID", "the device with this uuid, instead of a name", "-u", "--uuid")
                .option("MAJOR", "with -m: the device with this number (kernel engine)", "-j", "--major")
                .option("MINOR", "with -j", "-m", "--minor");
    }

    /// How a change of a device of the kernel's waits for udev.
    Usage udevOptions() {
        return option("MODE", "kernel engine: wait for udev: auto, none or required (auto)", "--udev")
                .option("SECONDS", "kernel engine: wait for udev at most so long, 1 to 3600 (30)", "--udev-timeout");
    }

    /// How the Java engine shows a device.
    Usage loadOptions() {
        return option("HOW", "Java engine: auto, ublk, nbd or embedded (auto)", "--transport")
                .option("N", "Java engine: queues, 1 to 4096", "--queues")
                .option("N", "Java engine: requests at once in a queue, 1 to 4096", "--depth")
                .option("N", "Java engine: threads for all queues, 1 to 128 (one a queue)", "--threads")
                .option("FILE", "Java engine: memory that the users of the device map, too", "--shmem")
                .option("GROUP", "Java engine: the process that serves it", "--group")
                .option("POLICY", "Java engine: none, fail, queue or reissue when its server dies (none)", "--recovery")
                .option("MODE", "Java engine: auto, copy, get-data, user-copy or zero-copy (auto)", "--io-mode")
                .option("HOW", "Java engine: block, spin-then-block or spin when a queue is idle (block)", "--idle")
                .option("HOW", "Java engine: queue or none: threads on the CPUs of their queue (queue)", "--affinity")
                .option("PATH", "Java engine: jars with targets of your own, or a folder of them", "--module-path");
    }

    /// For a command that prints one thing: as JSON it is one object ([Json]). One that prints a stream has a `--json`
    /// of its
    /// own, with a line for each.
    Usage json() {
        jsonObject = true;
        return flag("print JSON instead: docs/commands/json.md has the fields", "--json");
    }

    /// Ends the making: adds `--help`.
    Usage end() {
        return flag("print this page", "-h", "--help");
    }

    CommandName name() {
        return name;
    }

    /// What the parser knows of the options.
    List<Option> parsed() {
        return parsed;
    }

    List<Item> examples() {
        return examples;
    }

    List<Item> arguments() {
        return arguments;
    }

    List<Item> options() {
        return options;
    }

    String line() {
        return line;
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }

    boolean verbatim() {
        return verbatim;
    }

    boolean jsonObject() {
        return jsonObject;
    }
}
