package io.dmctl.backend.state;

import java.util.List;

/// A plan that stopped: the steps before are done and stay (but see [Apply#undo]), the one that failed has left
/// nothing, the others are not begun.
public final class ApplyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Action> done;
    private final transient Action failed;
    private final transient List<Action> notDone;

    ApplyException(List<Action> done, Action failed, List<Action> notDone, Exception cause) {
        super(cause.getMessage(), cause);
        this.done = List.copyOf(done);
        this.failed = failed;
        this.notDone = List.copyOf(notDone);
    }

    public List<Action> done() {
        return done;
    }

    public Action failed() {
        return failed;
    }

    public List<Action> notDone() {
        return notDone;
    }
}
