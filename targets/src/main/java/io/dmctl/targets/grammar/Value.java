package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.DeviceArg;
import java.util.List;

/// What was read of a line.
public sealed interface Value {
    /// A number; unsigned unless it says otherwise.
    record Num(long value, boolean signed) implements Value {
        @Override
        public String toString() {
            return signed ? Long.toString(value) : Long.toUnsignedString(value);
        }
    }

    record Text(String word) implements Value {}

    record Dev(DeviceArg arg) implements Value {}

    /// An option that stands there.
    record Flag() implements Value {}

    /// `word` stands where a number or a device could: there is none.
    record Absent(String word) implements Value {}

    record Rows(List<List<Field>> rows) implements Value {}
}
