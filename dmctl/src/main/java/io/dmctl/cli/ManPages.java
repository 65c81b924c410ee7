package io.dmctl.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The help pages as manual pages: dmctl(1), and dmctl-COMMAND(1) for each command.
final class ManPages {
    private final PrintStream out;

    private ManPages(PrintStream out) {
        this.out = out;
    }

    private interface Page {
        void print(ManPages to);
    }

    /// Writes all into `folder`, made when it is not there.
    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("dmctl.1"), ManPages::overview);
        for (CommandName name : CommandName.values()) {
            write(
                    folder.resolve("dmctl-" + name.word() + ".1"),
                    page -> page.command(name.make().usage().end()));
        }
    }

    private static void write(Path file, Page page) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream to = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        page.print(new ManPages(to));
        to.flush();
        Files.write(file, bytes.toByteArray());
    }

    private void overview() {
        title("dmctl", "the Linux device-mapper, run by the kernel or by targets in Java");
        section("SYNOPSIS");
        text("dmctl [--timeout SECONDS] [--record FILE | --replay FILE] COMMAND [OPTION]... [ARGUMENT]...");
        section("COMMANDS");
        for (CommandName name : CommandName.values()) {
            item("dmctl-" + name.word() + "(1)", name.summary());
        }
        items("OPTIONS BEFORE THE COMMAND", HelpPage.GLOBAL);
        exitCodes();
    }

    private void command(Usage usage) {
        title("dmctl-" + usage.name().word(), usage.name().summary());
        section("SYNOPSIS");
        text(HelpPage.line(usage));
        items("EXAMPLES", usage.examples());
        items("ARGUMENTS", usage.arguments());
        items("OPTIONS", usage.options());
        exitCodes();
        section("SEE ALSO");
        text("dmctl(1)");
    }

    private void title(String name, String summary) {
        out.println(".TH " + escaped(name).toUpperCase(Locale.ROOT) + " 1 \"\" \"dmctl " + Main.version() + "\"");
        section("NAME");
        text(name + " - " + summary);
    }

    private void items(String title, List<Usage.Item> items) {
        if (!items.isEmpty()) {
            section(title);
            items.forEach(i -> item(i.left(), i.right()));
        }
    }

    private void exitCodes() {
        section("EXIT STATUS");
        for (ExitCode code : ExitCode.values()) {
            item(Integer.toString(code.code()), code.meaning());
        }
    }

    private void section(String title) {
        out.println(".SH " + title);
    }

    private void item(String left, String right) {
        out.println(".TP");
        out.println(".B " + escaped(left));
        text(right);
    }

    private void text(String text) {
        final String line = escaped(text);
        // At the start of a line these two would begin a request.
        out.println(line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line);
    }

    /// A backslash, a hyphen that may be copied, and quotes that groff would turn.
    private static String escaped(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("\"", "\\(dq")
                .replace("`", "\\(ga");
    }
}
