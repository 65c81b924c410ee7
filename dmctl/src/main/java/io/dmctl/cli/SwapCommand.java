package io.dmctl.cli;

import io.dmctl.backend.client.FrozenFileSystems;
import io.dmctl.backend.client.TableSwap;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// `swap`: another table in use at once, and the one before back when it does not prove itself.
final class SwapCommand implements Command {
    private static final int MAX_SECONDS = 1_000_000;
    /// How long an interrupted command waits for a swap that it has begun.
    private static final int MAX_SWAP_SECONDS = 10;

    @Override
    public Usage usage() {
        return SuspendCommand.flags(TableSource.options(new Usage(CommandName.SWAP)
                                .example(
                                        "swap d0 --table \"0 4096 zero\"",
                                        "load and resume in one; a failure leaves d0 as it was")
                                .example(
                                        "swap d0 table.txt --verify-cmd \"fsck -n /dev/mapper/d0\"",
                                        "back again when the check fails")
                                .example(
                                        "swap d0 table.txt --keep-within 60",
                                        "back again unless you type keep within a minute")
                                .words("NAME [FILE]", 0, 2)
                                .argument("NAME", "a device, or /dev/mapper/NAME; left out with -u or -j")
                                .argument("FILE", "the table; - or nothing: standard input"))
                        .option(
                                "CMD",
                                "run by sh with the new table in use; when it fails the table before comes back",
                                "--verify-cmd")
                        .option(
                                "SECONDS",
                                "the table before comes back unless the line keep is read within this time",
                                "--keep-within"))
                .option(
                        "SECONDS",
                        "resume the device when the swap leaves it suspended for so long, 1 to 86400",
                        SuspendCommand.RESUME_AFTER)
                .udevOptions()
                .deviceOptions();
    }

    @Override
    public void run(Arguments args, Session session)
            throws CommandFailure, DmException, DmTableSyntaxException, IOException, InterruptedException {
        final DeviceArgument.Leading leading = DeviceArgument.leading(args);
        final int resumeAfter = SuspendCommand.resumeAfter(args);
        final int keepWithin = args.number("--keep-within", 1, MAX_SECONDS, 0);
        if (keepWithin > 0
                && !args.has("--table")
                && (leading.rest().isEmpty() || leading.rest().getFirst().equals("-"))) {
            throw CommandFailure.usage(
                    "--keep-within reads standard input, and so does the table: give a FILE or --table");
        }
        final Located device = session.locate(leading.device());
        final DmTable table = TableSource.read(args, leading.rest(), session.streams());
        if (table.lines().isEmpty()) {
            throw TableSource.empty("standard input");
        }
        final TableSwap swap = begin(device, session);
        if (resumeAfter > 0) {
            // For when this process cannot go on: it is killed, or its own files are on the device.
            SuspendCommand.watch(device, resumeAfter, session);
        }
        final Trial trial = new Trial(swap, device, args);
        Runtime.getRuntime().addShutdownHook(new Thread(trial::interrupted, "undo"));
        trial.begin(table);
        final Optional<String> rejected = judge(device, args, keepWithin, session);
        if (rejected.isPresent()) {
            trial.takeBack(rejected.get());
            throw new CommandFailure(
                    ExitCode.ROLLED_BACK,
                    device.device().shown() + ": " + rejected.get() + ": the table before is in use again");
        }
        trial.keep();
    }

    /// The new table comes into use and is on trial. The way back is taken once: by the command, or at its end when it
    /// is interrupted, which is after the swap: a device is not left between two tables.
    ///
    /// Thread rule: the command's thread and the shutdown hook.
    private static final class Trial {
        private final TableSwap swap;
        private final Located device;
        private final Arguments args;
        /// Fair: an interrupt that came first is before the table that is to stay.
        private final ReentrantLock lock = new ReentrantLock(true);
        private boolean on;

        Trial(TableSwap swap, Located device, Arguments args) {
            this.swap = swap;
            this.device = device;
            this.args = args;
        }

        void begin(DmTable table) throws CommandFailure, DmException, IOException {
            lock.lock();
            try {
                swap(swap, device, table, args);
                on = true;
            } finally {
                lock.unlock();
            }
        }

        void keep() {
            lock.lock();
            try {
                on = false;
            } finally {
                lock.unlock();
            }
        }

        void takeBack(String why) throws CommandFailure, IOException {
            lock.lock();
            try {
                if (on) {
                    on = false;
                    undo(why);
                }
            } finally {
                lock.unlock();
            }
        }

        private void undo(String why) throws CommandFailure, IOException {
            try (FrozenFileSystems frozen = freeze(device, args)) {
                assert frozen != null;
                swap.undo(args.has("--noflush"), args.has("--nolockfs"));
            } catch (TableSwap.RolledBackException e) {
                throw stays(why, Objects.requireNonNull(e.getCause()));
            } catch (DmException e) {
                throw stays(why, e);
            }
        }

        private CommandFailure stays(String why, Throwable e) {
            return new CommandFailure(
                    ExitCode.FAILED,
                    device.device().shown() + ": " + why + ", and the table before cannot come back: "
                            + ErrorReport.of(e).text(),
                    "dmctl info and dmctl table tell which table is in use",
                    e);
        }

        void interrupted() {
            try {
                if (!lock.tryLock(MAX_SWAP_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("dmctl swap: " + device.device().shown() + ": interrupted, and the swap has not"
                            + " ended within " + MAX_SWAP_SECONDS + " s: dmctl info tells whether it is suspended");
                    return;
                }
                takeBack("interrupted");
            } catch (CommandFailure | IOException e) {
                ErrorReport.of(e).print(System.err, "dmctl swap");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static TableSwap begin(Located device, Session session) throws CommandFailure, DmException, IOException {
        try {
            return TableSwap.of(session.engines(), device.engine(), device.id());
        } catch (IllegalStateException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, device.device().shown() + ": " + e.getMessage(), "dmctl resume first", e);
        }
    }

    private static void swap(TableSwap swap, Located device, DmTable table, Arguments args)
            throws CommandFailure, DmException, IOException {
        try (FrozenFileSystems frozen = freeze(device, args)) {
            assert frozen != null;
            swap.run(table, args.has("--readonly"), args.has("--noflush"), args.has("--nolockfs"));
        } catch (TableSwap.RolledBackException e) {
            throw rolledBack(e);
        }
    }

    static CommandFailure rolledBack(TableSwap.RolledBackException e) {
        return new CommandFailure(
                ExitCode.ROLLED_BACK,
                ErrorReport.of(Objects.requireNonNull(e.getCause())).text() + ": the table before is in use again",
                "",
                e);
    }

    /// The kernel freezes what is on its own devices.
    private static FrozenFileSystems freeze(Located device, Arguments args) throws IOException {
        return FrozenFileSystems.freeze(device.isKernels() || args.has("--nolockfs") ? null : device.record());
    }

    /// Why the new table is not to stay; empty when it is.
    private static Optional<String> judge(Located device, Arguments args, int keepWithin, Session session)
            throws DmException, InterruptedException {
        final Optional<String> command = args.value("--verify-cmd");
        if (command.isPresent()) {
            final String node = "/dev/mapper/" + device.info().name().nodeName();
            final String bad = session.look("verify-cmd", () -> verify(command.get(), node));
            if (!bad.isEmpty()) {
                return Optional.of(bad);
            }
        }
        if (keepWithin > 0) {
            session.note("type keep and Enter within " + keepWithin + " s, or the table before comes back");
            final InputStream in = session.streams().in();
            if (!"keep".equals(session.look("line", () -> line(in, keepWithin)))) {
                return Optional.of("not kept within " + keepWithin + " s");
            }
        }
        return Optional.empty();
    }

    /// Why the check is not passed; empty when it is.
    private static String verify(String command, String node) {
        final ProcessBuilder check = new ProcessBuilder("sh", "-c", command).inheritIO();
        check.environment().put("DMCTL_DEVICE", node);
        try {
            final int code = check.start().waitFor();
            return code == 0 ? "" : "--verify-cmd ended with " + code;
        } catch (IOException e) {
            return "--verify-cmd was not run: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// Read by a thread of its own: nothing ends a read that waits.
    private static String line(InputStream in, int seconds) {
        final BlockingQueue<String> lines = new ArrayBlockingQueue<>(1);
        final Thread reader = new Thread(
                () -> {
                    try {
                        final String line =
                                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
                        if (line != null) {
                            lines.add(line.strip());
                        }
                    } catch (IOException e) {
                        lines.add("");
                    }
                },
                "keep");
        reader.setDaemon(true);
        reader.start();
        try {
            final String line = lines.poll(seconds, TimeUnit.SECONDS);
            return line == null ? "" : line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
