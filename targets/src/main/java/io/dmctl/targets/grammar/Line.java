package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was read of a line so far, for its [Rule]s. In a row of a [Repeat] the row's own fields hide those around.
public final class Line {
    private final @Nullable Line around;
    private final @Nullable TargetContext ti;
    private final TargetArgs args;
    private final List<Field> fields = new ArrayList<>();
    private final Map<String, LowerDevice> devices = new HashMap<>();
    private final List<Area> areas;
    private final List<Opened> opened;

    /// A device in the line's order, those of rows too.
    private record Opened(String name, int argument, LowerDevice device) {}

    /// Looks at one of several devices of a name.
    @FunctionalInterface
    public interface DeviceCheck {
        /// @throws TargetException with the kernel's text when it is not what it must be
        void look(LowerDevice device, int argument) throws TargetException;
    }

    Line(@Nullable TargetContext ti, TargetArgs args) {
        this.around = null;
        this.ti = ti;
        this.args = args;
        this.areas = new ArrayList<>();
        this.opened = new ArrayList<>();
    }

    private Line(Line around) {
        this.around = around;
        this.ti = around.ti;
        this.args = around.args;
        this.areas = around.areas;
        this.opened = around.opened;
    }

    Line row() {
        return new Line(this);
    }

    void add(Field field) {
        fields.add(field);
    }

    /// The last one that was read may come again.
    void lastIsOneOfMany() {
        fields.add(fields.removeLast().asOneOfMany());
    }

    void add(String name, int argument, LowerDevice device) {
        devices.put(name, device);
        opened.add(new Opened(name, argument, device));
    }

    /// What was read, in the line's order.
    public List<Field> fields() {
        return fields;
    }

    List<Area> areas() {
        return areas;
    }

    @Nullable
    TargetContext context() {
        return ti;
    }

    // ---- for rules ----

    /// The target's length in sectors.
    public long lenSectors() {
        return target().lenSectors();
    }

    public long beginSector() {
        return target().beginSector();
    }

    private TargetContext target() {
        if (ti == null) {
            throw new IllegalStateException("rules are looked at in a check only");
        }
        return ti;
    }

    /// Whether the line is checked, and not only read.
    public boolean checks() {
        return ti != null;
    }

    /// Argument `index`, from 0, read or not; empty when there is none.
    public String argument(int index) {
        return index < args.count() ? args.word(index) : "";
    }

    /// How many words are not read yet.
    public int remaining() {
        return args.remaining();
    }

    /// The index of the first of them.
    public int next() {
        return args.count() - args.remaining();
    }

    /// Whether there is such a word.
    public boolean has(String name) {
        return find(name) != null;
    }

    /// The number of this name, or `otherwise`.
    public long number(String name, long otherwise) {
        final Field field = find(name);
        return field != null && field.value() instanceof Value.Num num ? num.value() : otherwise;
    }

    /// The word of this name as it stands there, of a device too; empty when there is none.
    public String word(String name) {
        final Field field = find(name);
        if (field == null) {
            return "";
        }
        return switch (field.value()) {
            case Value.Text text -> text.word();
            case Value.Dev dev -> dev.arg().word();
            case Value.Absent absent -> absent.word();
            case Value.Num num -> num.toString();
            case Value.Flag flag -> name;
            case Value.Rows rows -> "";
        };
    }

    /// How many fields have this name.
    public long count(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).count();
    }

    /// All fields of this name, in the line's order.
    public List<Field> all(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).toList();
    }

    /// Size of the device of this name.
    public long sizeSectors(String device) {
        return device(device).sizeSectors();
    }

    public LowerDevice device(String name) {
        for (Line line = this; line != null; line = line.around) {
            final LowerDevice device = line.devices.get(name);
            if (device != null) {
                return device;
            }
        }
        throw new IllegalStateException(name + " is no device that was read");
    }

    /// Opens the device of this name now.
    ///
    /// @throws TargetException EINVAL with this text when that fails
    public void open(String name, String error) throws TargetException {
        final Field field = find(name);
        if (field != null && field.value() instanceof Value.Dev dev) {
            try {
                add(name, dev.arg().index(), target().getDevice(dev.arg()));
            } catch (TargetException e) {
                throw bad(error + ": " + e.getMessage(), name);
            }
        }
    }

    /// All devices of this name, those of rows too.
    public void eachDevice(String name, DeviceCheck check) throws TargetException {
        for (Opened one : opened) {
            if (one.name().equals(name)) {
                check.look(one.device(), one.argument());
            }
        }
    }

    /// The target uses this part of the device of this name: it must be inside it when the table comes into use.
    public void uses(String device, long startSector, long len) {
        areas.add(new Area(device(device), startSector, len));
    }

    /// The line is refused for the word of this name.
    public TargetException bad(String text, String name) {
        return bad(text, TargetException.EINVAL, name);
    }

    public TargetException bad(String text, int errno, String name) {
        final Field field = find(name);
        return new TargetException(text, errno, field == null ? -1 : field.argument());
    }

    /// The last of this name.
    private @Nullable Field find(String name) {
        for (Line line = this; line != null; line = line.around) {
            for (Field field : line.fields.reversed()) {
                if (field.name().equals(name)) {
                    return field;
                }
            }
        }
        return null;
    }
}
