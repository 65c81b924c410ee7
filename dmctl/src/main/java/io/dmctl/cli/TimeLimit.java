package io.dmctl.cli;

import io.dmctl.bindings.control.DmPending;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;

/// `--timeout SECONDS`, which stands before the command: when that is not over by then the process ends, and says for
/// what it has waited. A call that the kernel does not let go of at a signal keeps the process until it returns.
///
/// Thread rule: as the methods say.
final class TimeLimit {
    static final String OPTION = "--timeout";
    private static final int MAX_SECONDS = 86_400;

    private final int seconds;
    private final int words;
    private final DmPending pending = new DmPending();
    /// Who came first tells how it ended: the command, or the time.
    private final AtomicBoolean over = new AtomicBoolean();

    private TimeLimit(int seconds, int words) {
        this.seconds = seconds;
        this.words = words;
    }

    /// The option that `args` begin with.
    ///
    /// @throws CommandFailure with [ExitCode#USAGE], also when no command is behind it
    static TimeLimit of(List<String> args) throws CommandFailure {
        final String word = args.getFirst();
        final boolean joined = word.startsWith(OPTION + "=");
        if (!joined && !word.equals(OPTION)) {
            throw CommandFailure.usage(word + ": no such option");
        }
        if (!joined && args.size() < 2) {
            throw CommandFailure.usage(OPTION + " needs a number of seconds");
        }
        final String text = joined ? word.substring(OPTION.length() + 1) : args.get(1);
        final TimeLimit limit = new TimeLimit((int) Arguments.number(OPTION, text, 1, MAX_SECONDS), joined ? 1 : 2);
        if (args.size() == limit.words) {
            throw CommandFailure.usage(OPTION + " " + text + ": a command is missing");
        }
        return limit;
    }

    /// How many words of the command line the option is.
    int words() {
        return words;
    }

    /// What the command waits for; from any thread.
    DmPending pending() {
        return pending;
    }

    /// The time runs from here. When it is over, `tell` says so on a thread of this object's, and the process ends with
    /// what it answers.
    void start(ToIntFunction<CommandFailure> tell) {
        Thread.ofPlatform().daemon().name("time-limit").start(() -> {
            final long endNs = System.nanoTime() + seconds * 1_000_000_000L;
            long leftNs;
            while ((leftNs = endNs - System.nanoTime()) > 0) {
                LockSupport.parkNanos(leftNs);
            }
            if (over.compareAndSet(false, true)) {
                System.exit(tell.applyAsInt(failure()));
            }
        });
    }

    private CommandFailure failure() {
        final String text = pending.text();
        return new CommandFailure(
                ExitCode.TIMEOUT,
                "not over after " + seconds + " s" + (text == null ? "" : ": " + text + " has not returned"),
                "what was begun may be half done: dmctl info shows the devices' states",
                null);
    }

    /// To be called once: the command has ended, the time counts no more. Does not return when the time was over first,
    /// as the process is
    /// ending then.
    void end() {
        while (!over.compareAndSet(false, true)) {
            LockSupport.park(this);
        }
    }
}
