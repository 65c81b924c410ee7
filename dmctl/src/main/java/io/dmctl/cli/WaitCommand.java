package io.dmctl.cli;

import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// `wait`: until the event number of a device differs.
final class WaitCommand implements Command {
    private static final int MAX_SECONDS = 1_000_000_000;

    /// How the wait ended: without a failure, or with one.
    private record End(Optional<Throwable> failure) {}

    @Override
    public Usage usage() {
        return new Usage(CommandName.WAIT)
                .example("wait d0 3", "until the event number is not 3")
                .example("wait --timeout 10 d0 3", "at most ten seconds: then exit code 7")
                .words("NAME [EVENT]", 0, 2)
                .argument("NAME", "a device, or /dev/mapper/NAME; left out with -u or -j")
                .argument("EVENT", "the event number that is known (0); dmctl info prints it")
                .option("SECONDS", "give up after this long, with exit code 7", "--timeout")
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, IOException, InterruptedException {
        final DeviceArgument.Leading leading = DeviceArgument.leading(args);
        final List<String> words = leading.rest();
        if (words.size() > 1) {
            throw CommandFailure.usage("unexpected argument: '" + words.get(1) + "'");
        }
        final int eventNr = words.isEmpty() ? 0 : (int) Arguments.number("EVENT", words.getFirst(), 0, 0xffff_ffffL);
        final int seconds = args.number("--timeout", 0, MAX_SECONDS, -1);
        final Located device = session.locate(leading.device());
        final End end = await(device, eventNr, seconds);
        if (end == null) {
            throw new CommandFailure(
                    ExitCode.TIMEOUT,
                    leading.device().shown() + ": no event within " + seconds + " s: "
                            + Errno.describe(Errno.ETIMEDOUT));
        }
        if (end.failure().isPresent()) {
            switch (end.failure().get()) {
                case DmException e -> throw e;
                case RuntimeException e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }

    /// Waits on a thread of its own: nothing but the end of the process ends an ioctl that waits.
    private static @Nullable End await(Located device, int eventNr, int seconds) throws InterruptedException {
        final BlockingQueue<End> ended = new ArrayBlockingQueue<>(1);
        final Thread waiter = new Thread(() -> ended.add(waitFor(device, eventNr)), "dm-wait");
        waiter.setDaemon(true);
        waiter.start();
        return seconds < 0 ? ended.take() : ended.poll(seconds, TimeUnit.SECONDS);
    }

    private static End waitFor(Located device, int eventNr) {
        try {
            device.run(new DmTask.DevWait(device.id(), eventNr, false));
            return new End(Optional.empty());
        } catch (DmException | RuntimeException e) {
            return new End(Optional.of(e));
        }
    }
}
