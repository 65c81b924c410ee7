package io.dmctl.targets.grammar;

/// A word that names a block device: a path or `MAJOR:MINOR`.
///
/// @param missing what the kernel says when there is no such word
/// @param error what the kernel says when the device cannot be opened
/// @param later not opened where it stands: a rule does it, by [Line#open]
/// @param otherwise the word that may stand instead of a device; empty: none
public record Device(String name, String about, String missing, String error, String otherwise, boolean later)
        implements Arg {
    public static Device of(String name, String about, String error) {
        return new Device(name, about, error, error, "", false);
    }

    public Device missing(String text) {
        return new Device(name, about, text, error, otherwise, later);
    }

    public Device or(String word) {
        return new Device(name, about, missing, error, word, later);
    }

    public Device openedLater() {
        return new Device(name, about, missing, error, otherwise, true);
    }
}
