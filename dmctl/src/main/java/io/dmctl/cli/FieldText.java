package io.dmctl.cli;

import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Unit;
import io.dmctl.targets.grammar.Value;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Prints the fields of a line for a reader: a name, the value, its unit.
final class FieldText {
    private static final Map<Unit, Long> BYTES = Map.of(Unit.SECTORS, 512L, Unit.BYTES, 1L, Unit.BLOCKS_4K, 4096L);
    private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int WIDTH = 28;

    private final PrintStream out;
    private final Look look;

    /// How it looks at the machine: as [Session#look].
    interface Look {
        String look(String what, Supplier<String> look);
    }

    FieldText(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    void print(List<Field> fields) {
        print(fields, "    ");
    }

    private void print(List<Field> fields, String indent) {
        for (Field field : fields) {
            if (field.value() instanceof Value.Rows rows) {
                rows(field.name(), rows, indent);
            } else {
                out.println(indent + name(field.name(), indent) + value(field));
            }
        }
    }

    private void rows(String name, Value.Rows rows, String indent) {
        if (rows.rows().stream().allMatch(row -> row.size() == 1)) {
            out.println(indent
                    + name(name, indent)
                    + rows.rows().stream().map(row -> value(row.getFirst())).collect(Collectors.joining(" ")));
            return;
        }
        for (int i = 0; i < rows.rows().size(); i++) {
            out.println(indent + name + " " + i);
            print(rows.rows().get(i), indent + "  ");
        }
    }

    private static String name(String name, String indent) {
        return name + " ".repeat(Math.max(1, WIDTH - indent.length() - name.length()));
    }

    private String value(Field field) {
        return switch (field.value()) {
            case Value.Num num -> number(num, field.unit());
            case Value.Text text -> text.word();
            case Value.Dev dev -> named(dev.arg().word());
            case Value.Flag flag -> "yes";
            case Value.Absent absent -> "none";
            case Value.Rows rows -> throw new IllegalStateException("rows are no value");
        };
    }

    private static String number(Value.Num num, Unit unit) {
        final String label = unit.label().isEmpty() ? "" : " " + unit.label();
        final long bytes = BYTES.getOrDefault(unit, 0L);
        final boolean tells = num.value() > 0 && bytes > 0 && num.value() <= Long.MAX_VALUE / bytes;
        return num + label + (tells ? size(num.value() * bytes) : "");
    }

    private static String size(long bytes) {
        int step = -1;
        double amount = bytes;
        while (amount >= 1024 && step < SIZES.length - 1) {
            amount /= 1024;
            step++;
        }
        if (step < 0) {
            return " (" + bytes + " B)";
        }
        final String number =
                amount == Math.rint(amount) ? Long.toString((long) amount) : String.format(Locale.ROOT, "%.1f", amount);
        return " (" + number + " " + SIZES[step] + ")";
    }

    /// With the name that the machine has for a number.
    private String named(String word) {
        return word.matches("\\d+:\\d+") ? look.look("name-of " + word, () -> device(word)) : word;
    }

    private static String device(String word) {
        final Path sysfs = Path.of("/sys/dev/block/" + word);
        if (!Files.exists(sysfs)) {
            return word;
        }
        try {
            final Path dm = sysfs.resolve("dm/name");
            return word + " ("
                    + (Files.exists(dm)
                            ? "/dev/mapper/" + Files.readString(dm).strip()
                            : "/dev/" + sysfs.toRealPath().getFileName())
                    + ")";
        } catch (IOException e) {
            return word;
        }
    }
}
