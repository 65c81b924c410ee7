package io.dmctl.lab.parity;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmTask;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// T1: the same tables accepted and refused, with the same errno and text, and TABLE prints the same of them.
final class ConstructorParity implements Proof.Prover {
    /// `device-mapper: table: 252:0: linear: Device lookup failed (-ENODEV)`
    private static final String PREFIX = "device-mapper: table: ";
    private static final Pattern ERRNO = Pattern.compile(" \\(-(\\d+|E[A-Z0-9]+)\\)$");
    /// What the kernel names by its disk's name, ours by number.
    private static final Pattern DEVICE = Pattern.compile("(^| of )\\S+(?= too small|$)");

    @Override
    public void prove(Bench bench, ParityRow row) throws Exception {
        final Side kernel = bench.kernel(row);
        final Side ours = bench.ours(row);
        bench.fill(row);
        for (Side side : List.of(kernel, ours)) {
            for (Companion companion : row.companions(side.disks())) {
                side.create(companion.name(), companion.table());
            }
        }
        final DmDeviceInfo made = kernel.reserve(Side.MAIN);
        ours.reserve(Side.MAIN);
        final Run run = new Run(bench, row, kernel, ours, made.devno() + ": ");
        bench.log().news(); // what was before is not about these tables
        final List<String> good = row.goodTables(kernel.disks());
        for (int i = 0; i < good.size(); i++) {
            run.compare(good.get(i), row.goodTables(ours.disks()).get(i), "accepted");
        }
        final List<String> bad = row.badTables(kernel.disks());
        for (int i = 0; i < bad.size(); i++) {
            run.compare(bad.get(i), row.badTables(ours.disks()).get(i), "refused");
        }
        final Random random = bench.random(row, "T1");
        for (int i = 0; i < row.fuzzCount(); i++) {
            final long seed = random.nextLong();
            final String table = row.fuzzTable(kernel.disks(), new Random(seed));
            if (row.mayFuzz(table)) {
                run.compare(table, row.fuzzTable(ours.disks(), new Random(seed)), "");
            }
        }
        System.out.println(row.target() + " T1: seed " + bench.seed() + ", " + run.accepted + " tables accepted, "
                + run.refused + " refused, " + run.texts + " error texts");
        run.differences.require();
    }

    private static final class Run {
        private final Bench bench;
        private final ParityRow row;
        private final Side kernel;
        private final Side ours;
        private String device;
        private String kernelTable = "";
        private final Set<String> used = new HashSet<>();
        private final Differences differences;
        private int accepted;
        private int refused;
        private int texts;

        Run(Bench bench, ParityRow row, Side kernel, Side ours, String device) {
            this.bench = bench;
            this.row = row;
            this.kernel = kernel;
            this.ours = ours;
            this.device = device;
            this.differences = new Differences(row, Proof.T1, bench.seed());
        }

        /// @param expected `accepted`, `refused`, or empty where the kernel is to say
        void compare(String table, String ourTable, String expected) throws Exception {
            Answer theirs = kernel.load(Side.MAIN, table);
            final Answer own = ours.load(Side.MAIN, ourTable);
            final String what = kernel.named(table);
            boolean loaded = theirs.ok();
            kernelTable = loaded ? table(kernel) : "";
            // Many mutations come to the same table.
            if (loaded && row.mayResume(table) && (used.add(kernelTable) || !own.ok())) {
                loaded = false;
                theirs = resumed();
            }
            final List<String> said = bench.log().news();
            if (!expected.isEmpty() && theirs.ok() != expected.equals("accepted")) {
                differences.add(what, "the row says " + expected + ", the kernel " + theirs);
            }
            if (theirs.errno() != own.errno()) {
                differences.add(what, "kernel " + theirs + " " + said + ", ours " + own);
            } else if (theirs.ok()) {
                accepted++;
                final String text = sameTable(what);
                if (row.tableReloads() && !text.isEmpty()) {
                    reload(what, text);
                }
            } else {
                refused++;
                sameError(what, said, own);
            }
            if (loaded) {
                kernel.clear(Side.MAIN);
            }
            if (own.ok()) {
                ours.clear(Side.MAIN);
            }
        }

        /// The kernel looks at sizes and limits only when a table comes into use; ours, whose device must have its
        /// limits before it starts, at the load.
        private Answer resumed() throws Exception {
            final Answer resumed = kernel.resume(Side.MAIN);
            kernel.remove(Side.MAIN);
            device = kernel.reserve(Side.MAIN).devno() + ": ";
            return resumed;
        }

        private String sameTable(String what) {
            final String theirs = kernelTable;
            final String own = table(ours);
            if (!theirs.equals(own)) {
                differences.add(what, "TABLE: kernel '" + theirs + "', ours '" + own + "'");
            }
            return own;
        }

        private String table(Side side) {
            final Answer answer = side.status(Side.MAIN, DmTask.TableStatus.Kind.TABLE, true);
            return row.comparable(answer.ok() ? answer.text() : answer.toString());
        }

        private void reload(String what, String text) {
            final Answer again = ours.load(Side.MAIN, ours.unnamed(text).strip());
            if (!again.ok()) {
                differences.add(what, "TABLE '" + text + "' does not go back into the constructor: " + again);
            } else if (!table(ours).equals(text)) {
                differences.add(what, "TABLE '" + text + "' goes back into the constructor as '" + table(ours) + "'");
            }
        }

        /// The kernel's text is the beginning of ours, which may say more.
        private void sameError(String what, List<String> said, Answer own) {
            for (String line : said) {
                if (!line.startsWith(PREFIX + device)) {
                    continue;
                }
                final String text = plain(ERRNO.matcher(line.substring((PREFIX + device).length()))
                        .replaceFirst(""));
                texts++;
                if (!plain(own.text()).startsWith(text)) {
                    differences.add(what, "error: kernel '" + text + "', ours '" + own.text() + "'");
                }
                return;
            }
        }
    }

    /// An error text without the name of the device.
    static String plain(String text) {
        if (!text.contains(" too small for target") && !text.contains(" not aligned to h/w ")) {
            return text;
        }
        final Matcher device = DEVICE.matcher(text);
        return device.replaceAll("$1DEVICE");
    }
}
