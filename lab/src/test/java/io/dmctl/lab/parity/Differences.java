package io.dmctl.lab.parity;

import java.util.ArrayList;
import java.util.List;

/// What a proof found, all of it told at once.
final class Differences {
    private static final int SHOWN = 40;

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
