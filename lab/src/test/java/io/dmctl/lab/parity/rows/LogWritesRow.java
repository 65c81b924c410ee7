package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `log-writes DEVICE LOG`. The log is one of the disks whose bytes are compared. One operation at a time, each within
/// the limits of one request: their order and their cut are the log's contents.
public final class LogWritesRow implements ParityRow {
    /// A discard of the lab's disks has at most 32 KiB.
    private static final int MAX_SECTORS = 64;

    @Override
    public String target() {
        return "log-writes";
    }

    @Override
    public int disks() {
        return 2;
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String line = " log-writes " + disks.path(0) + " " + disks.path(1);
        return List.of(
                "0 8192" + line,
                "0 500" + line + " ignored",
                "0 100 linear " + disks.path(0) + " 0\n100 1000" + line + "\n1100 64 zero");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8 log-writes",
                "0 8 log-writes " + a,
                "0 8 log-writes /dev/nosuch " + disks.path(1),
                "0 8 log-writes " + a + " /dev/nosuch",
                "0 8 log-writes " + a + " /dev/null",
                "0 8193 log-writes " + a + " " + disks.path(1));
    }

    @Override
    public OpMix ops() {
        return OpMix.ALL.sequential().sizes(1, MAX_SECTORS);
    }

    @Override
    public List<String> messages() {
        return List.of("mark here", "MARK two\\ words", "mark", "mark a b", "unmark x", "mark " + "y".repeat(600));
    }
}
