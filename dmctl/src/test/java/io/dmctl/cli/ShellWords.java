package io.dmctl.cli;

import java.util.ArrayList;
import java.util.List;

/// Splits a command line of a help page as a shell does: at blanks, outside double quotes.
final class ShellWords {
    private ShellWords() {}

    static List<String> split(String line) {
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (line + " ").toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c != ' ' || quoted) {
                word.append(c);
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        return words;
    }
}
