package io.dmctl.bindings.sys;

/// Whether this machine offers something; when not, why, and what to do about it. Absence is a value, not an
/// error.
///
/// @param reason when available, what was found (may be empty)
/// @param remedy empty when available
public record Availability(boolean available, String reason, String remedy) {
    private static final Availability YES = new Availability(true, "", "");

    public static Availability yes() {
        return YES;
    }

    /// `found` says what there is.
    public static Availability yes(String found) {
        return new Availability(true, found, "");
    }

    public static Availability no(String reason, String remedy) {
        return new Availability(false, reason, remedy);
    }

    /// `reason: remedy`, or `available`.
    @Override
    public String toString() {
        return available ? "available" : reason + ": " + remedy;
    }
}
