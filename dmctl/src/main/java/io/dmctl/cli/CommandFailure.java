package io.dmctl.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A command ends here: `subject: reason` for standard error, perhaps with a remedy, and an exit code.
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String remedy;
    private boolean keepsResult;

    CommandFailure(ExitCode exitCode, String text) {
        this(exitCode, text, "", null);
    }

    /// `remedy`: what would help, empty when that is not known.
    CommandFailure(ExitCode exitCode, String text, String remedy, @Nullable Throwable cause) {
        super(text, cause);
        this.exitCode = exitCode;
        this.remedy = remedy;
    }

    /// A command line that cannot be meant.
    static CommandFailure usage(String text) {
        return new CommandFailure(ExitCode.USAGE, text);
    }

    /// Never null, unlike other exceptions'.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /// What the command found is its result all the same: as JSON it stands beside the error.
    CommandFailure withResult() {
        keepsResult = true;
        return this;
    }

    boolean keepsResult() {
        return keepsResult;
    }

    ExitCode exitCode() {
        return exitCode;
    }

    String remedy() {
        return remedy;
    }
}
