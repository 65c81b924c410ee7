package io.dmctl.cli;

import io.dmctl.cli.compat.Vocabulary;
import java.io.PrintStream;

/// The completion script of fish, made from the commands' usages.
final class FishCompletion {
    private static final String HEAD = """
            # Completion of dmctl for fish. Made by dmctl completion; do not edit.
            function __dmctl_devices
                for folder in /dev/mapper /run/dmctl/names
                    for name in $folder/*
                        set name (string replace -r '.*/' '' -- $name)
                        string match -q -v -r '^(control|~.*)$' -- $name; and echo $name
                    end
                end
            end
            function __dmctl_targets
                string split ' ' -- '@TARGETS@'
                for module in /sys/module/dm_*
                    string replace -r '.*/dm_' '' -- $module | string replace -a _ -
                end
            end
            complete -c dmctl -f
            function __dmctl_needs_command
                set -l words (commandline -opc)
                set -e words[1]
                while string match -q -r '^--(record|replay|timeout)$' -- "$words[1]"
                    set -e words[1]
                    set -q words[1]; or return 0
                    set -e words[1]
                end
                test (count $words) -eq 0
            end
            complete -c dmctl -n __dmctl_needs_command -l help -d 'list the commands'
            complete -c dmctl -n __dmctl_needs_command -l version -d 'the version'
            """;

    private final PrintStream out;

    FishCompletion(PrintStream out) {
        this.out = out;
    }

    void print() {
        out.print(HEAD.replace("@TARGETS@", String.join(" ", CompletionValue.builtInTargets())));
        for (Usage.Item item : HelpPage.GLOBAL) {
            final String name = item.left().substring("--".length(), item.left().indexOf(' '));
            final String value = item.left().endsWith(" FILE") ? " -r -F" : " -x";
            out.println(
                    "complete -c dmctl -n __dmctl_needs_command -l " + name + value + " -d " + quoted(item.right()));
        }
        for (CommandName name : CommandName.values()) {
            out.println(
                    "complete -c dmctl -n __dmctl_needs_command -a " + name.word() + " -d " + quoted(name.summary()));
        }
        for (CommandName name : CommandName.values()) {
            command(name.make().usage().end());
        }
        compat("dmsetup");
        compat("dmstats");
    }

    /// Of the programs that dmctl is by another name; their own package has none.
    private void compat(String program) {
        final String start = "complete -c " + program;
        out.println(start + " -f");
        out.println(start + " -n __fish_use_subcommand -a '" + String.join(" ", Vocabulary.commands(program)) + "'");
        out.println(start + " -n 'not __fish_use_subcommand' -a '(__dmctl_devices)'");
        for (Vocabulary.Option option : Vocabulary.options()) {
            final StringBuilder line = new StringBuilder(start);
            option.names().forEach(name -> line.append(form(name)));
            out.println(line.append(
                    switch (option.value()) {
                        case NONE -> "";
                        case FIELDS -> " -x -a '" + String.join(" ", Vocabulary.fields()) + "'";
                        case TARGET -> " -x -a '(__dmctl_targets)'";
                        case OTHER -> " -r";
                    }));
        }
    }

    private static String form(String name) {
        return name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1);
    }

    private void command(Usage usage) {
        final String start = "complete -c dmctl -n '__fish_seen_subcommand_from "
                + usage.name().word() + "'";
        final String values = action(CompletionValue.ofArguments(usage));
        if (!values.isEmpty()) {
            out.println(start + values);
        }
        for (int i = 0; i < usage.parsed().size(); i++) {
            final Usage.Option option = usage.parsed().get(i);
            final StringBuilder line = new StringBuilder(start);
            option.names().forEach(name -> line.append(form(name)));
            if (option.takesValue()) {
                final CompletionValue value =
                        CompletionValue.ofOption(option, usage.options().get(i));
                // Without files, unless they are what is wanted.
                line.append(value.files() ? " -r" : " -x").append(action(value));
            }
            out.println(line.append(" -d ").append(quoted(usage.options().get(i).right())));
        }
    }

    private static String action(CompletionValue value) {
        return switch (value.kind()) {
            case DEVICE -> " -a '(__dmctl_devices)'";
            case TARGET -> " -a '(__dmctl_targets)'";
            case FILE, FOLDER -> " -F";
            case DEVICE_OR_FILE -> " -F -a '(__dmctl_devices)'";
            case CHOICE -> " -a '" + String.join(" ", value.choices()) + "'";
            case OTHER -> "";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
