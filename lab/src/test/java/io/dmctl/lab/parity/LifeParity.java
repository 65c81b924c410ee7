package io.dmctl.lab.parity;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// T7: every command in every state has the same result and leaves the same state; I/O that meets a suspend waits and
/// then ends well.
final class LifeParity implements Proof.Prover {
    private static final int HELD_OPS = 16;
    private static final List<String> NO_MESSAGES =
            List.of("no_such_message", "no_such_message 1 2", "@no_such_message");

    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        new Life(bench, row).run();
    }

    @FunctionalInterface
    private interface Command {
        Answer run(Side side) throws Exception;
    }

    private static final class Life {
        private final Bench bench;
        private final ParityRow row;
        private final Side kernel;
        private final Side ours;
        private final Differences differences;
        /// Those in which all messages were tried.
        private final Set<String> states = new HashSet<>();
        private final List<String> steps = new ArrayList<>();
        private String what = "";

        Life(Bench bench, ParityRow row) throws Exception {
            this.bench = bench;
            this.row = row;
            kernel = bench.kernel(row);
            ours = bench.ours(row);
            differences = new Differences(row, Proof.T7, bench.seed());
        }

        void run() throws Exception {
            bench.fill(row);
            for (Side side : List.of(kernel, ours)) {
                for (Companion companion : row.companions(side.disks())) {
                    side.create(companion.name(), companion.table());
                }
                side.reserve(Side.MAIN);
            }
            what = "no table";
            state();
            both("clear", side -> side.clear(Side.MAIN));
            load(0);
            both("clear", side -> side.clear(Side.MAIN));
            load(0);
            both("load an unknown type", side -> side.load(Side.MAIN, "0 8 no_such_type"));
            both("resume", side -> side.resume(Side.MAIN));
            kernel.made(Side.MAIN);
            ours.made(Side.MAIN);
            both("resume again", side -> side.resume(Side.MAIN));
            load(1);
            both("clear the other", side -> side.clear(Side.MAIN));
            final Random random = bench.random(row, "T7");
            heldIo(random, false, "");
            heldIo(random, true, "");
            load(1);
            heldIo(random, true, "the other table");
            load(0);
            both("swap without a suspend", side -> side.resume(Side.MAIN));
            suspendedUnderIo(random);
            both("suspend", side -> side.suspend(Side.MAIN, false));
            both("suspend again", side -> side.suspend(Side.MAIN, false));
            load(1);
            both("the last remove", side -> side.removal(Side.MAIN));
            System.out.println(row.target() + " T7: seed " + bench.seed() + ", " + steps.size() + " steps");
            differences.require();
        }

        private void load(int i) throws Exception {
            both(
                    "load table " + i,
                    side -> side.load(Side.MAIN, row.lifeTables(side.disks()).get(i)));
        }

        private void both(String step, Command command) throws Exception {
            steps.add(step);
            what = "after " + String.join(", ", steps.subList(Math.max(0, steps.size() - 3), steps.size()));
            differences.same(
                    what, command.run(kernel).errno(), command.run(ours).errno());
            state();
        }

        /// The state and the answers to messages in it.
        private void state() throws Exception {
            if (!steps.isEmpty() && steps.getLast().equals("the last remove")) {
                return;
            }
            final String state = differences.sameSoon(
                    what + ": state",
                    () -> kernel.state(Side.MAIN, row::comparable),
                    () -> ours.state(Side.MAIN, row::comparable));
            if (!states.add(state)) {
                return;
            }
            final List<String> messages = new ArrayList<>(NO_MESSAGES);
            messages.addAll(row.messages());
            for (String message : messages) {
                differences.same(
                        what + ": message " + message,
                        kernel.message(Side.MAIN, 0, message),
                        ours.message(Side.MAIN, 0, message));
            }
        }

        /// I/O that comes to a suspended, open device.
        private void heldIo(Random random, boolean noflush, String swap) throws Exception {
            try (Work work = work()) {
                both("open", side -> new Answer(0, ""));
                both("remove", side -> side.removal(Side.MAIN));
                work.operations(random, HELD_OPS * bench.rounds());
                both(noflush ? "suspend noflush" : "suspend", side -> side.suspend(Side.MAIN, noflush));
                work.start(List.of(new Op(Op.Kind.READ, Side.MAIN, 0, row.ops().alignSectors(), 0)));
                state();
                if (!work.waits()) {
                    differences.add(what, "a read of a suspended device ended");
                }
                both("resume" + (swap.isEmpty() ? "" : " with " + swap), side -> side.resume(Side.MAIN));
                work.finish();
            }
            try (Work work = work()) {
                work.operations(random, HELD_OPS * bench.rounds());
                work.compareContent();
            }
        }

        /// Suspends and resumes while operations are in flight.
        private void suspendedUnderIo(Random random) throws Exception {
            try (Work work = work()) {
                final OpScript script = new OpScript(row.faultOps(), random, work.sectors());
                for (int i = 0; i < 6; i++) {
                    work.start(script.batch());
                    final boolean noflush = i % 2 == 0;
                    for (Side side : List.of(kernel, ours)) {
                        require(side, side.suspend(Side.MAIN, noflush));
                        require(side, side.resume(Side.MAIN));
                    }
                    work.finish();
                }
                work.compareContent();
            }
        }

        private void require(Side side, Answer answer) {
            if (!answer.ok()) {
                differences.add(what, side.engine() + ": suspend or resume under I/O: " + answer);
            }
        }

        private Work work() throws IOException {
            return new Work(bench, row, kernel, ours, what, row.faultOps(), differences);
        }
    }
}
