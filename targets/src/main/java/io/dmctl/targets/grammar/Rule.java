package io.dmctl.targets.grammar;

import io.dmctl.targets.spi.TargetException;

/// What several words must be together, or a word and the target's length or a device's size: looked at where it stands
/// among the words.
///
/// @param about in words; empty: not worth telling
public record Rule(String about, Check check) implements Arg {
    /// Looks at what was read so far.
    @FunctionalInterface
    public interface Check {
        /// @throws TargetException with the kernel's text when it is not so
        void look(Line line) throws TargetException;
    }
}
