package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.sys.Errno;

/// What an engine answered to a command.
///
/// @param errno 0: done
/// @param text the reply, or the engine's reason; empty: none
record Answer(int errno, String text) {
    /// A command to an engine.
    @FunctionalInterface
    interface Command {
        String run() throws Exception;
    }

    static Answer of(Command command) {
        try {
            return new Answer(0, command.run());
        } catch (DmException e) {
            return new Answer(e.errno(), e.reason() == null ? "" : e.reason());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    boolean ok() {
        return errno == 0;
    }

    @Override
    public String toString() {
        final String result = errno == 0 ? "ok" : Errno.name(errno);
        return text.isEmpty() ? result : result + " '" + text + "'";
    }
}
