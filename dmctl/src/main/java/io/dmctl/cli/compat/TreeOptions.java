package io.dmctl.cli.compat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// `-o` of `ls --tree`. Every option may be cut short; the first that fits counts.
final class TreeOptions {
    /// In the order in which a short form is looked for.
    enum Option {
        DEVICE,
        BLKDEVNAME,
        NODEVICE,
        STATUS,
        TABLE,
        ACTIVE,
        OPEN,
        UUID,
        RW,
        UTF,
        VT100,
        ASCII,
        INVERTED,
        COMPACT,
        NOTRUNC;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// As usage lists them.
    static String words(Option... options) {
        return Arrays.stream(options).map(Option::word).collect(Collectors.joining(", "));
    }

    private final Set<Option> on = EnumSet.of(Option.DEVICE);

    TreeOptions(String options, boolean utf8, Shell shell) throws Failed {
        on.add(utf8 ? Option.UTF : Option.ASCII);
        int at = 0;
        while (at < options.length()) {
            final int comma = options.indexOf(',', at);
            final int end = comma < 0 ? options.length() : comma;
            set(find(options, at, end, shell));
            at = end + 1;
        }
    }

    private static Option find(String options, int from, int to, Shell shell) throws Failed {
        for (Option option : Option.values()) {
            if (option.word().startsWith(options.substring(from, to))) {
                return option;
            }
        }
        throw shell.failed("Tree options not recognised: " + options.substring(from) + ".");
    }

    private void set(Option option) {
        switch (option) {
            case NODEVICE -> on.remove(Option.DEVICE);
            case UTF, VT100, ASCII -> {
                on.removeAll(EnumSet.of(Option.UTF, Option.VT100, Option.ASCII));
                on.add(option);
            }
            case DEVICE, BLKDEVNAME, STATUS, TABLE, ACTIVE, OPEN, UUID, RW, INVERTED, COMPACT, NOTRUNC ->
                on.add(option);
        }
    }

    boolean has(Option option) {
        return on.contains(option);
    }

    boolean truncates() {
        return !on.contains(Option.NOTRUNC);
    }

    private boolean attributes() {
        return on.stream().anyMatch(EnumSet.of(Option.ACTIVE, Option.OPEN, Option.UUID, Option.RW)::contains);
    }

    /// Not where a line has attributes, or would have targets: `status` and `table` show nothing but switch this off.
    boolean compact() {
        return on.contains(Option.COMPACT)
                && !attributes()
                && !on.contains(Option.STATUS)
                && !on.contains(Option.TABLE);
    }

    /// Nothing, branch, line, end, single, first of several.
    String[] symbols() {
        if (on.contains(Option.VT100)) {
            final String graphic = "\033(0\017";
            final String normal = "\033(B";
            return new String[] {
                "  ",
                graphic + "tq" + normal,
                graphic + "x" + normal + " ",
                graphic + "mq" + normal,
                graphic + "qqq" + normal,
                graphic + "qwq" + normal
            };
        }
        return on.contains(Option.UTF)
                ? new String[] {"  ", "├─", "│ ", "└─", "───", "─┬─"}
                : new String[] {"  ", "|-", "| ", "`-", "---", "-+-"};
    }
}
