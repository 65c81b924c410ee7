package io.dmctl.lab.parity;

import io.dmctl.targets.grammar.Arg;
import io.dmctl.targets.grammar.Device;
import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Maybe;
import io.dmctl.targets.grammar.Numeral;
import io.dmctl.targets.grammar.Option;
import io.dmctl.targets.grammar.Options;
import io.dmctl.targets.grammar.Pair;
import io.dmctl.targets.grammar.Repeat;
import io.dmctl.targets.grammar.Rule;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.grammar.When;
import io.dmctl.targets.grammar.Word;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Writes lines of one target from its grammar: whole ones, each word as the grammar says, and ones from lines that are
/// known, with some of their values changed for others that the grammar takes. The grammar's rules are not obeyed, so
/// that not all of them are good.
final class LineGenerator {
    private static final long[] NUMBERS = {0, 1, 2, 3, 7, 8, 16, 24, 64, 100, 128, 512, 1000, 1024, 4096, 16384};
    private static final long[] LENGTHS = {8, 1024, 2048, 4096, 8192, 8192, 8192, 16384, 32768};
    private static final int MOST_EIGHTS = 4096;
    private static final int MOST_SMALL = 256;
    private static final int MOST_ROWS = 3;
    /// Larger ones are sizes that the guest has no memory for.
    private static final int MOST_POWER = 16;

    private final TargetGrammar grammar;
    private final List<String> known;
    private final List<String> devices;
    private final Map<String, Arg> byName = new HashMap<>();

    /// @param known tables of the target, good ones
    LineGenerator(TargetGrammar grammar, List<String> known, List<String> devices) {
        this.grammar = grammar;
        this.known = known;
        this.devices = devices;
        grammar.args().forEach(this::collect);
    }

    private void collect(Arg arg) {
        switch (arg) {
            case Numeral number -> byName.put(number.name(), number);
            case Word word -> byName.put(word.name(), word);
            case Device device -> byName.put(device.name(), device);
            case Maybe maybe -> maybe.args().forEach(this::collect);
            case When when -> when.args().forEach(this::collect);
            case Repeat repeat -> repeat.args().forEach(this::collect);
            case Options options -> {
                options.first().forEach(this::collect);
                options.options().forEach(o -> o.values().forEach(this::collect));
            }
            case Pair pair -> {}
            case Rule rule -> {}
        }
    }

    String line(Random random) {
        return random.nextInt(3) == 0 ? whole(random) : changed(random);
    }

    // ---- a whole line ----

    private String whole(Random random) {
        final List<String> words = new ArrayList<>();
        final Map<String, Long> numbers = new HashMap<>();
        grammar.args().forEach(arg -> write(arg, words, numbers, random));
        return "0 " + length(random) + " " + grammar.name() + (words.isEmpty() ? "" : " " + String.join(" ", words));
    }

    private void write(Arg arg, List<String> words, Map<String, Long> numbers, Random random) {
        switch (arg) {
            case Numeral number -> {
                final String word = number(number, random);
                words.add(word);
                if (word.matches("[0-9]{1,4}")) {
                    numbers.put(number.name(), Long.parseLong(word));
                }
            }
            case Word word -> words.add(word(word, random));
            case Device device -> words.add(device(device, random));
            case Maybe maybe -> {
                if (random.nextBoolean()) {
                    maybe.args().forEach(a -> write(a, words, numbers, random));
                }
            }
            case When when -> {
                if (random.nextBoolean()) {
                    when.args().forEach(a -> write(a, words, numbers, random));
                }
            }
            case Options options -> options(options, words, numbers, random);
            case Repeat repeat -> {
                final long said = numbers.getOrDefault(repeat.count(), 1L + random.nextInt(MOST_ROWS));
                for (long i = 0; i < Math.min(said, MOST_ROWS); i++) {
                    repeat.args().forEach(a -> write(a, words, numbers, random));
                }
            }
            case Pair pair -> throw new IllegalStateException(pair.toString());
            case Rule rule -> {}
        }
    }

    private void options(Options options, List<String> words, Map<String, Long> numbers, Random random) {
        final List<String> group = new ArrayList<>();
        options.first().forEach(a -> write(a, group, numbers, random));
        for (Option option : options.options()) {
            if (random.nextInt(options.options().size()) < 2) {
                final List<String> values = new ArrayList<>();
                option.values().forEach(a -> write(a, values, numbers, random));
                if (option.joined()) {
                    group.add(option.word() + ":" + String.join(" ", values));
                } else {
                    group.add(option.word());
                    group.addAll(values);
                }
            }
        }
        words.add(Integer.toString(group.size()));
        words.addAll(group);
    }

    // ---- a known line, changed ----

    private String changed(Random random) {
        final List<String> lines =
                new ArrayList<>(known.get(random.nextInt(known.size())).lines().toList());
        final int at = random.nextInt(lines.size());
        final List<String> words = new ArrayList<>(List.of(lines.get(at).split(" ", 4)));
        if (words.size() < 4 || !words.get(2).equals(grammar.name())) {
            return String.join("\n", lines);
        }
        final List<String> params = new ArrayList<>(List.of(words.get(3).split(" ", -1)));
        try (TargetArgs args = TargetArgs.split(words.get(3))) {
            final List<Field> fields = new ArrayList<>();
            flat(grammar.table(args), fields);
            for (int i = 1 + random.nextInt(2); i > 0 && !fields.isEmpty(); i--) {
                change(fields.get(random.nextInt(fields.size())), params, random);
            }
        } catch (TargetException e) {
            // The grammar has words of this line for the constructor only: they stay as they are.
        }
        if (lines.size() == 1 && random.nextInt(3) == 0) {
            words.set(1, Long.toString(length(random)));
        }
        words.set(3, String.join(" ", params));
        lines.set(at, String.join(" ", words));
        return String.join("\n", lines);
    }

    private static void flat(List<Field> fields, List<Field> to) {
        for (Field field : fields) {
            if (field.value() instanceof Value.Rows rows) {
                rows.rows().forEach(row -> flat(row, to));
            } else {
                to.add(field);
            }
        }
    }

    private void change(Field field, List<String> params, Random random) {
        final int at = field.argument();
        if (at < 0 || at >= params.size()) {
            return;
        }
        final String word = params.get(at);
        final int colon = word.startsWith("/") ? -1 : word.indexOf(':');
        final Arg arg = byName.get(field.name());
        final String next = switch (arg) {
            case Numeral number -> number(number, random);
            case Word choice -> choice.choices().isEmpty() ? null : word(choice, random);
            case Device device -> device(device, random);
            case null, default -> null;
        };
        if (next != null) {
            params.set(at, colon >= 0 && !(arg instanceof Device) ? word.substring(0, colon + 1) + next : next);
        }
    }

    // ---- words ----

    private static long length(Random random) {
        return random.nextBoolean() ? LENGTHS[random.nextInt(LENGTHS.length)] : 8L * (1 + random.nextInt(MOST_EIGHTS));
    }

    private static String number(Numeral number, Random random) {
        if (!number.otherwise().isEmpty() && random.nextInt(4) == 0) {
            return number.otherwise();
        }
        if (random.nextInt(3) == 0) {
            return Long.toUnsignedString(random.nextBoolean() || !number.limited() ? number.min() : number.max());
        }
        long value = number.step() == 0
                ? 1L << random.nextInt(MOST_POWER)
                : (random.nextBoolean() ? random.nextInt(MOST_SMALL) : NUMBERS[random.nextInt(NUMBERS.length)])
                        * Math.max(1, number.step());
        final long span = number.max() - number.min();
        if (number.limited() && span >= 0 && (value < number.min() || value > number.max())) {
            value = number.min() + (span == 0 ? 0 : (random.nextLong() >>> 1) % (span + 1));
            value = number.step() == 0
                    ? Math.max(number.min(), Long.highestOneBit(value))
                    : value - value % Math.max(1, number.step());
        }
        return Long.toString(value);
    }

    private static String word(Word word, Random random) {
        return word.choices().isEmpty()
                ? word.name()
                : word.choices().get(random.nextInt(word.choices().size()));
    }

    private String device(Device device, Random random) {
        return !device.otherwise().isEmpty() && random.nextInt(4) == 0
                ? device.otherwise()
                : devices.get(random.nextInt(devices.size()));
    }
}
