package io.dmctl.bindings.sys;

/// Whether this machine offers something; when not, why, and what to do about it. Absence is a value, not an
/// error.
///
/// @param reason empty when available
/// @param remedy empty when available
public record Availability(boolean available, String reason, String remedy) {
    private static final Availability YES = new Availability(true, "", "");

    public static Availability yes() {
        return YES;
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
