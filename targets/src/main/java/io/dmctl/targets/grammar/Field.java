package io.dmctl.targets.grammar;

/// A named value of a line; `argument` is its word, from 0; `many`: there may be several of this name.
public record Field(String name, Unit unit, Value value, int argument, boolean many) {
    Field(String name, Unit unit, Value value, int argument) {
        this(name, unit, value, argument, false);
    }

    Field asOneOfMany() {
        return new Field(name, unit, value, argument, true);
    }

    /// The name with the unit: `block_size_sectors`.
    public String key() {
        return unit.suffix().isEmpty() || name.endsWith(unit.suffix()) ? name : name + "_" + unit.suffix();
    }
}
