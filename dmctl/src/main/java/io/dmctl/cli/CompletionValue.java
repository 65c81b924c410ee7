package io.dmctl.cli;

import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.spi.TargetType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What may stand in a place of the command line, as the help page's words for it tell.
///
/// @param choices of a CHOICE
record CompletionValue(Kind kind, List<String> choices) {
    enum Kind {
        DEVICE,
        FILE,
        DEVICE_OR_FILE,
        FOLDER,
        TARGET,
        CHOICE,
        OTHER
    }

    /// `a, b or c` at the start of a description, or behind a colon.
    private static final Pattern CHOICES = Pattern.compile("(?:^|: )([a-z-]+(?:, [a-z-]+)* or [a-z-]+)\\b");

    /// Of an option that takes a value.
    static CompletionValue ofOption(Usage.Option option, Usage.Item item) {
        final String label = item.left().substring(item.left().lastIndexOf(' ') + 1);
        return switch (label) {
            case "TYPE" -> of(Kind.TARGET);
            case "FILE", "PATH" -> of(Kind.FILE);
            case "FOLDER" -> of(Kind.FOLDER);
            case "ENGINE", "HOW", "POLICY" -> choices(item.right());
            default -> of(Kind.OTHER);
        };
    }

    private static CompletionValue choices(String description) {
        final Matcher found = CHOICES.matcher(description);
        return found.find()
                ? new CompletionValue(Kind.CHOICE, List.of(found.group(1).split(", | or ", -1)))
                : of(Kind.OTHER);
    }

    /// Of the arguments, all alike: a shell counts no words.
    static CompletionValue ofArguments(Usage usage) {
        final boolean device = usage.line().matches(".*\\bNAME\\b.*") && usage.name() != CommandName.CREATE;
        final boolean file = usage.line().matches(".*\\b(FILE|PATH|LOG|DEVICE)\\b.*");
        if (device) {
            return of(file ? Kind.DEVICE_OR_FILE : Kind.DEVICE);
        }
        if (file) {
            return of(Kind.FILE);
        }
        if (usage.line().contains("FOLDER")) {
            return of(Kind.FOLDER);
        }
        return usage.name() == CommandName.COMPLETION
                ? choices(usage.arguments().getFirst().right())
                : of(Kind.OTHER);
    }

    private static CompletionValue of(Kind kind) {
        return new CompletionValue(kind, List.of());
    }

    boolean files() {
        return kind == Kind.FILE || kind == Kind.FOLDER || kind == Kind.DEVICE_OR_FILE;
    }

    /// Our target types; the kernel's that are loaded are looked up at the tab.
    static List<String> builtInTargets() {
        final List<String> names = new ArrayList<>();
        for (TargetType type : TargetRegistry.load().all()) {
            names.add(type.name());
        }
        names.sort(null);
        return names;
    }
}
