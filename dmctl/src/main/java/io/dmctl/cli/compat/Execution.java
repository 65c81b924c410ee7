package io.dmctl.cli.compat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `--exec`: runs a program with a device's path behind its own words, without a shell; how it ends does not matter.
final class Execution {
    private static final int MAX_WORDS = 256;

    private final Host host;

    Execution(Host host) {
        this.host = host;
    }

    void run(String command, String path) throws Failed {
        final List<String> words = new ArrayList<>();
        for (String word : command.split("[ \\t\\n\\x0b\\f\\r]+", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        if (words.isEmpty()) {
            throw host.shell.backtrace(new Failed());
        }
        if (words.size() >= MAX_WORDS) {
            throw host.shell.failed("Too many args to --exec.");
        }
        words.add(path);
        if (host.shell.isReplayed()) {
            return;
        }
        // What stands in a buffer is printed behind what the program prints, but not on a terminal.
        if (Terminal.isOutput()) {
            host.shell.out().flush();
        }
        try {
            new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            // There is no such program: its status, which nobody asks for, would be 127.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed();
        }
    }
}
