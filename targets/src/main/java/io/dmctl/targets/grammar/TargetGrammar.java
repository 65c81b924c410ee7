package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetFeature;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one target takes and says. Made once, immutable, for any thread.
public final class TargetGrammar {
    private final Builder is;

    private TargetGrammar(Builder is) {
        this.is = is;
    }

    public static Builder of(String name, String summary) {
        return new Builder(name, summary);
    }

    /// As in a table line.
    public String name() {
        return is.name;
    }

    public String summary() {
        return is.summary;
    }

    /// The kernel's source file, as `dm-thin.c`.
    public String source() {
        return is.source;
    }

    public Set<TargetFeature> features() {
        return is.features;
    }

    /// The arguments, in the line's order.
    public List<Arg> args() {
        return is.args;
    }

    /// The words of a status line, in order.
    public List<Arg> status() {
        return is.status;
    }

    /// What a status line may be instead, as `Fail`, each with its meaning.
    public Map<String, String> states() {
        return is.states;
    }

    public List<Message> messages() {
        return is.messages;
    }

    public List<Unchecked> notChecked() {
        return is.notChecked;
    }

    /// A table line.
    public String example() {
        return is.example;
    }

    /// Reads a table line as the constructor does, in its order, and opens the devices that it names.
    ///
    /// @return the parts of devices that the target uses, which must be inside them when the table comes into use
    /// @throws TargetException with the kernel's text, errno and the argument, for the first thing that is wrong
    public List<Area> check(TargetContext ti, TargetArgs args) throws TargetException {
        if (args.count() < is.fewest || args.count() > is.most) {
            throw new TargetException(
                    is.countError, TargetException.EINVAL, Math.min(args.count(), Math.max(is.fewest, is.most)));
        }
        final Line line = new Line(ti, args);
        final LineReader reader = new LineReader(args);
        if (is.order.length == 0) {
            reader.read(is.args, line);
        }
        for (int next : is.order) {
            final Arg arg = is.args.get(next);
            if (!(arg instanceof Rule)) {
                // Only single words stand before it.
                args.seek(Math.min(next, args.count()));
            }
            reader.read(arg, line);
        }
        return List.copyOf(line.areas());
    }

    /// Reads what `table` prints of a device, or a line that is to become one; nothing is opened, no limit looked at.
    ///
    /// @throws TargetException when the words are other ones than the target's
    public List<Field> table(TargetArgs args) throws TargetException {
        return read(is.args, args);
    }

    /// Reads what `status` prints of a device.
    ///
    /// @throws TargetException when the words are other ones than the target's
    public List<Field> status(TargetArgs args) throws TargetException {
        final String state = args.count() == 0 ? "" : words(args);
        if (is.states.containsKey(state)) {
            return List.of(new Field("state", Unit.NONE, new Value.Text(state), 0));
        }
        return read(is.status, args);
    }

    private static String words(TargetArgs args) {
        final StringBuilder text = new StringBuilder(args.word(0));
        for (int i = 1; i < args.count(); i++) {
            text.append(' ').append(args.word(i));
        }
        return text.toString();
    }

    private static List<Field> read(List<Arg> list, TargetArgs args) throws TargetException {
        final Line line = new Line(null, args);
        new LineReader(args).read(list, line);
        if (args.remaining() > 0) {
            throw new TargetException(
                    "more words than are known", TargetException.EINVAL, args.count() - args.remaining());
        }
        return List.copyOf(line.fields());
    }

    /// Which words name devices. Pure: opens nothing; of a bad line it names those before what is bad.
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        final Line line = new Line(null, args);
        try {
            new LineReader(args).read(is.args, line);
        } catch (TargetException e) {
            // What was read before it counts.
        }
        final List<DeviceArg> devices = new ArrayList<>();
        collect(line.fields(), devices);
        devices.sort(Comparator.comparingInt(DeviceArg::index));
        return devices;
    }

    private static void collect(List<Field> fields, List<DeviceArg> devices) {
        for (Field field : fields) {
            if (field.value() instanceof Value.Dev dev) {
                devices.add(dev.arg());
            } else if (field.value() instanceof Value.Rows rows) {
                rows.rows().forEach(row -> collect(row, devices));
            }
        }
    }

    /// Collects what a target is.
    public static final class Builder {
        private final String name;
        private final String summary;
        private String source = "";
        private Set<TargetFeature> features = Set.of();
        private int fewest;
        private int most = Integer.MAX_VALUE;
        private String countError = "";
        private List<Arg> args = List.of();
        private int[] order = {};
        private List<Arg> status = List.of();
        private final Map<String, String> states = new LinkedHashMap<>();
        private final List<Message> messages = new ArrayList<>();
        private final List<Unchecked> notChecked = new ArrayList<>();
        private String example = "";

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        public Builder source(String file) {
            source = file;
            return this;
        }

        public Builder features(TargetFeature first, TargetFeature... more) {
            features = Set.copyOf(EnumSet.of(first, more));
            return this;
        }

        /// How many words there may be, and what the kernel says of any other number.
        public Builder count(int least, int greatest, String error) {
            fewest = least;
            most = greatest;
            countError = error;
            return this;
        }

        public Builder args(Arg... list) {
            args = List.of(list);
            return this;
        }

        /// The order in which the constructor looks at the arguments, where it is another one than the line's: indexes
        /// of all [#args], whose words come before the rules, single ones first.
        public Builder order(int... indexes) {
            order = indexes.clone();
            return this;
        }

        public Builder status(Arg... list) {
            status = List.of(list);
            return this;
        }

        public Builder state(String words, String meaning) {
            states.put(words, meaning);
            return this;
        }

        public Builder message(String words, String about) {
            messages.add(new Message(words, about));
            return this;
        }

        /// @param errors what the kernel says when it is not as it must be
        public Builder notChecked(String what, String... errors) {
            notChecked.add(new Unchecked(what, List.of(errors)));
            return this;
        }

        /// A whole table line.
        public Builder example(String line) {
            example = line;
            return this;
        }

        public TargetGrammar build() {
            return new TargetGrammar(this);
        }
    }
}
