package io.dmctl.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// What a proof found, all of it told at once.
final class Differences {
    private static final int SHOWN = 40;
    private static final long SETTLE_NS = 5_000_000_000L;

    private final ParityRow row;
    private final Proof proof;
    private final long seed;
    private final List<String> found = new ArrayList<>();

    Differences(ParityRow row, Proof proof, long seed) {
        this.row = row;
        this.proof = proof;
        this.seed = seed;
    }

    /// @param what the table, message or operation
    void add(String what, String difference) {
        System.out.println("difference: " + what + ": " + difference); // at once: a proof may end otherwise
        found.add(what.replace("\n", "; ") + "\n    " + difference);
    }

    void addAll(String what, List<String> differences) {
        differences.forEach(difference -> add(what, difference));
    }

    void same(String what, Object kernel, Object ours) {
        if (!kernel.equals(ours)) {
            add(what, "kernel " + kernel + ", ours " + ours);
        }
    }

    /// What an engine does in a thread of its own, as log-writes' log, is counted a moment after the command or the
    /// operation has ended: a difference that stays is one.
    ///
    /// @return what the kernel said last
    <T> T sameSoon(String what, Callable<T> kernel, Callable<T> ours) throws Exception {
        final long end = System.nanoTime() + SETTLE_NS;
        T theirs = kernel.call();
        T own = ours.call();
        while (!theirs.equals(own) && System.nanoTime() - end < 0) {
            Thread.sleep(20);
            theirs = kernel.call();
            own = ours.call();
        }
        same(what, theirs, own);
        return theirs;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int count() {
        return found.size();
    }

    void require() {
        if (!found.isEmpty()) {
            throw new AssertionError(row.target() + " " + proof + " (-Ddmctl.parity.seed=" + seed + "): " + found.size()
                    + " differences:\n  "
                    + String.join("\n  ", found.subList(0, Math.min(SHOWN, found.size()))));
        }
    }
}
