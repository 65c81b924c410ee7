package io.dmctl.cli;

import java.io.PrintStream;
import java.util.List;

/// The text of `--help`: examples first.
final class HelpPage {
    /// The options that stand before the command.
    static final List<Usage.Item> GLOBAL = List.of(
            new Usage.Item(
                    "--timeout SECONDS",
                    "end a command that is not over by then, with exit code 7, and say what it waits for"),
            new Usage.Item("--record FILE", "write the ioctls to a new file, without keys: docs/commands/record.md"),
            new Usage.Item(
                    "--replay FILE", "answer them from such a file: no root, no device-mapper, nothing is done"));

    private HelpPage() {}

    /// All commands.
    static void print(PrintStream out) {
        out.print("""
                dmctl: the Linux device-mapper, run by the kernel or by targets in Java

                Examples:
                  dmctl features                                     what this machine can do
                  dmctl create d0 --table "0 2048 zero"              make a device
                  dmctl create d1 table.txt --engine java            from a file, served by the Java engine
                  dmctl status d0                                    look at it
                  dmctl remove d0 d1                                 remove both

                Usage: dmctl COMMAND [OPTION]... [ARGUMENT]...
                       dmctl [--timeout SECONDS] [--record FILE | --replay FILE] COMMAND...
                       dmctl COMMAND --help
                       dmctl help target [NAME]
                       dmctl --help | --version

                Commands:
                """);
        for (CommandName name : CommandName.values()) {
            item(out, name.word(), name.summary(), 10);
        }
        list(out, "Options before the command:", GLOBAL);
        out.println();
        exitCodes(out);
    }

    /// One command.
    static void print(PrintStream out, Usage usage) {
        out.println("dmctl " + usage.name().word() + ": " + usage.name().summary());
        list(out, "Examples:", usage.examples());
        out.println();
        out.println("Usage: " + line(usage));
        list(out, "Arguments:", usage.arguments());
        list(out, "Options:", usage.options());
        out.println();
        exitCodes(out);
    }

    static String line(Usage usage) {
        return ("dmctl " + usage.name().word() + " [OPTION]... " + usage.line()).strip();
    }

    private static void list(PrintStream out, String title, List<Usage.Item> items) {
        if (items.isEmpty()) {
            return;
        }
        out.println();
        out.println(title);
        int width = 0;
        for (Usage.Item item : items) {
            width = Math.max(width, item.left().length());
        }
        for (Usage.Item item : items) {
            item(out, item.left(), item.right(), width);
        }
    }

    private static void item(PrintStream out, String left, String right, int width) {
        out.println("  " + left + " ".repeat(Math.max(0, width - left.length())) + "  " + right);
    }

    private static void exitCodes(PrintStream out) {
        out.println("Exit codes:");
        for (ExitCode code : ExitCode.values()) {
            out.println("  " + code.code() + "  " + code.meaning());
        }
    }
}
