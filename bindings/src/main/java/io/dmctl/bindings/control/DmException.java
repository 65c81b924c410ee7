package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Errno;
import org.jspecify.annotations.Nullable;

/// A command that failed: `ioctl(DM_DEV_REMOVE): test0: Device or resource busy (EBUSY)`, with the engine's reason
/// behind it where it told one.
public final class DmException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DmCommand command;
    private final String subject;
    private final int errno;
    private final @Nullable String reason;
    private final int line;
    private final int argument;

    DmException(String call, DmTask<?> task, DmOutcome outcome) {
        this(call, task, outcome, null);
    }

    DmException(String call, DmTask<?> task, DmOutcome outcome, @Nullable Throwable cause) {
        super(message(call, task, outcome), cause);
        this.command = task.command();
        this.subject = task.subject();
        this.errno = outcome.errno();
        this.reason = outcome.reason();
        this.line = outcome.line();
        this.argument = outcome.argument();
    }

    private static String message(String call, DmTask<?> task, DmOutcome outcome) {
        final StringBuilder out = new StringBuilder(call)
                .append('(')
                .append(task.command())
                .append("): ")
                .append(task.subject())
                .append(": ")
                .append(Errno.describe(outcome.errno()));
        if (outcome.line() >= 0) {
            out.append(": table line ").append(outcome.line() + 1);
            if (outcome.argument() >= 0) {
                out.append(", argument ").append(outcome.argument() + 1);
            }
        }
        if (outcome.reason() != null) {
            out.append(": ").append(outcome.reason());
        }
        return out.toString();
    }

    public DmCommand command() {
        return command;
    }

    /// The device, or what else the command was about.
    public String subject() {
        return subject;
    }

    /// Positive.
    public int errno() {
        return errno;
    }

    /// The engine's reason; null when it told none.
    public @Nullable String reason() {
        return reason;
    }

    /// The table line at fault, counted from 0; -1 when unknown.
    public int line() {
        return line;
    }

    /// The argument at fault in that line, counted from 0; -1 when unknown.
    public int argument() {
        return argument;
    }
}
