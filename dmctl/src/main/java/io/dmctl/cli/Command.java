package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTableSyntaxException;
import java.io.IOException;

/// A command: how it is called, and what it does.
interface Command {
    Usage usage();

    /// Runs it; to return is success. Every failure is an exception, told once, by [Main].
    void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException, InterruptedException;
}
