package io.dmctl.backend.state;

/// A description of devices that cannot be: `where: reason`.
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    StateException(String where, String reason) {
        this(where, reason, "");
    }

    StateException(String where, String reason, String remedy) {
        super(where + ": " + reason);
        this.remedy = remedy;
    }

    /// What would help; empty when that is not known.
    public String remedy() {
        return remedy;
    }
}
