package io.dmctl.bindings.control;

/// Whether something can be used here; when not, why, and what would change that. When it can, `reason` says what was
/// found.
public record Availability(boolean available, String reason, String remedy) {
    static Availability yes(String found) {
        return new Availability(true, found, "");
    }

    static Availability no(String reason, String remedy) {
        return new Availability(false, reason, remedy);
    }
}
