package io.dmctl.targets.grammar;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the words of a line one after the other. With a context it opens the devices and looks at the rules.
final class LineReader {
    private final TargetArgs args;

    LineReader(TargetArgs args) {
        this.args = args;
    }

    private int at() {
        return args.count() - args.remaining();
    }

    void read(List<Arg> list, Line line) throws TargetException {
        for (Arg arg : list) {
            read(arg, line);
        }
    }

    void read(Arg arg, Line line) throws TargetException {
        switch (arg) {
            case Numeral number -> number(number, args, at(), line);
            case Word word -> word(word, args, at(), line);
            case Device device -> device(device, args, at(), line);
            case Pair pair -> pair(pair, line);
            case Maybe maybe -> {
                if (args.remaining() > 0) {
                    read(maybe.args(), line);
                }
            }
            case When when -> {
                if (when.condition().test(line)) {
                    read(when.args(), line);
                }
            }
            case Options options -> options(options, line);
            case Repeat repeat -> repeat(repeat, line);
            case Rule rule -> {
                if (line.context() != null) {
                    rule.check().look(line);
                }
            }
        }
    }

    /// One word that stands by itself, or behind the colon of an option: `from` is where, `index` how it is told.
    private static void value(Arg arg, TargetArgs from, int index, Line line) throws TargetException {
        switch (arg) {
            case Numeral number -> number(number, from, index, line);
            case Word word -> word(word, from, index, line);
            case Device device -> device(device, from, index, line);
            case Pair p -> throw new IllegalStateException(p.toString());
            case When w -> throw new IllegalStateException(w.toString());
            case Maybe m -> throw new IllegalStateException(m.toString());
            case Options o -> throw new IllegalStateException(o.toString());
            case Repeat r -> throw new IllegalStateException(r.toString());
            case Rule r -> throw new IllegalStateException(r.toString());
        }
    }

    private static void number(Numeral number, TargetArgs from, int index, Line line) throws TargetException {
        final int here = from.count() - from.remaining();
        if (!number.otherwise().isEmpty()
                && here < from.count()
                && from.word(here).equals(number.otherwise())) {
            line.add(new Field(number.name(), number.unit(), new Value.Absent(from.shift("")), index));
            return;
        }
        final long value;
        try {
            value = number.form().read(from, from.remaining() == 0 ? number.missing() : number.error());
        } catch (TargetException e) {
            throw new TargetException(e.getMessage(), e.errno(), index);
        }
        // A line that is in use has passed: what a status prints may be out of what a constructor takes.
        if (line.context() != null) {
            if (!number.inRange(value)) {
                throw new TargetException(number.rangeError(), EINVAL, index);
            }
            if (!number.inStep(value)) {
                throw new TargetException(number.stepError(), EINVAL, index);
            }
        }
        line.add(new Field(
                number.name(), number.unit(), new Value.Num(value, number.form().signed()), index));
    }

    private static void word(Word word, TargetArgs from, int index, Line line) throws TargetException {
        final String text = from.shift(word.error());
        if (!word.takes(text)) {
            throw new TargetException(word.error(), EINVAL, index);
        }
        line.add(new Field(word.name(), Unit.NONE, new Value.Text(text), index));
    }

    private static void device(Device device, TargetArgs from, int index, Line line) throws TargetException {
        final String text = from.shift(device.missing());
        if (!device.otherwise().isEmpty() && text.equals(device.otherwise())) {
            line.add(new Field(device.name(), Unit.NONE, new Value.Absent(text), index));
            return;
        }
        final DeviceArg arg = new DeviceArg(index, text);
        final TargetContext ti = line.context();
        if (ti != null && !device.later()) {
            try {
                line.add(device.name(), index, ti.getDevice(arg));
            } catch (TargetException e) {
                throw new TargetException(device.error() + ": " + e.getMessage(), e.errno(), index);
            }
        }
        line.add(new Field(device.name(), Unit.NONE, new Value.Dev(arg), index));
    }

    private void pair(Pair pair, Line line) throws TargetException {
        final int index = at();
        final String word = args.shift("no number");
        final int middle = word.indexOf(pair.separator());
        if (middle < 0) {
            throw new TargetException("no " + pair.separator(), EINVAL, index);
        }
        half(pair, pair.first(), word.substring(0, middle), index, line);
        half(pair, pair.second(), word.substring(middle + pair.separator().length()), index, line);
    }

    private static void half(Pair pair, String name, String digits, int index, Line line) throws TargetException {
        try (TargetArgs half = TargetArgs.split(digits)) {
            number(Numeral.shown(name, pair.unit(), pair.about()), half, index, line);
        }
    }

    // ---- several words ----

    private void options(Options options, Line line) throws TargetException {
        final int countAt = at();
        final int count = args.argGroup(0, options.max(), options.countError());
        final int end = countAt + 1 + count;
        if (!options.pairError().isEmpty() && count % 2 != 0) {
            throw new TargetException(options.pairError(), EINVAL, countAt);
        }
        read(options.first(), line);
        while (at() < end) {
            option(options, options.beyond() ? args.count() : end, line);
        }
    }

    private void option(Options options, int end, Line line) throws TargetException {
        final int index = at();
        final String text = args.shift("Not enough feature arguments");
        final Optional<Option> found = find(options, text);
        if (found.isEmpty()) {
            if (!options.open()) {
                read(options.unknownValue(), line);
                throw new TargetException(options.unknownError(), EINVAL, index);
            }
            line.add(new Field(options.name(), Unit.NONE, new Value.Text(text), index, true));
            return;
        }
        final Option option = found.get();
        if (option.joined()) {
            final String value = text.substring(text.indexOf(':') + 1);
            try (TargetArgs joined = TargetArgs.split(value.replace("\\", "\\\\"))) {
                value(option.values().getFirst(), joined, index, line);
            }
        } else if (option.values().isEmpty()) {
            line.add(new Field(option.word(), Unit.NONE, new Value.Flag(), index));
        } else {
            if (at() + option.values().size() > end) {
                throw new TargetException(options.unknownError(), EINVAL, index);
            }
            read(option.values(), line);
        }
        if (option.repeated()) {
            line.lastIsOneOfMany();
        }
        if (line.context() != null) {
            option.check().look(line);
        }
    }

    private static Optional<Option> find(Options options, String text) {
        for (Option option : options.options()) {
            final String word = option.joined() && text.indexOf(':') >= 0 ? text.substring(0, text.indexOf(':')) : text;
            if (option.joined() && word.equals(text)) {
                continue;
            }
            if (options.ignoreCase()
                    ? option.word().equalsIgnoreCase(word)
                    : option.word().equals(word)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private void repeat(Repeat repeat, Line line) throws TargetException {
        final int index = at();
        final List<List<Field>> rows = new ArrayList<>();
        final long times = repeat.count().isEmpty() ? Long.MAX_VALUE : line.number(repeat.count(), 0);
        final Value.Rows value = new Value.Rows(rows);
        // Its rows are there for the rules inside it too.
        line.add(new Field(repeat.name(), Unit.NONE, value, index));
        for (long i = 0; i < times && (args.remaining() > 0 || !repeat.count().isEmpty()); i++) {
            final Line row = line.row();
            rows.add(row.fields());
            read(repeat.args(), row);
        }
    }
}
