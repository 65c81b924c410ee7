package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.KernelLog;
import io.dmctl.lab.Devices;
import io.dmctl.lab.Guest;
import io.dmctl.lab.LabTest;
import io.dmctl.lab.Remains;
import io.dmctl.targets.grammar.Unchecked;
import io.dmctl.targets.grammar.types.Grammars;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `dmctl check` gives the verdict that the kernel gives at the load, for every target that both have: of lines written
/// by hand, of lines generated from the grammars that check takes for good, and of good lines with one change that it
/// refuses. What the kernel alone can know must be what docs/commands/check.md lists as not checked.
///
/// An acceptance takes 200 generated good and 200 generated bad lines of each target.
@LabTest(
        disks = {"64M", "64M", "64M", "64M", "64M", "64M"},
        timeoutSeconds = 1500,
        allowedKernelLog = {".*"})
class GrammarLabIT {
    private static final String NAME = "grammar_dmctl_test_delme";
    private static final long SEED = Long.getLong("dmctl.seed", 20261126);
    private static final boolean SOAK = Integer.getInteger("dmctl.soak", 0) > 0;
    private static final int QUOTA = SOAK ? 200 : 12;
    /// A target that takes no argument has few lines.
    private static final int LEAST = 10;
    /// Not every generated line is good; many are the same.
    private static final int TRIES = 6;
    private static final List<String> DISKS = List.of("/dev/ubda", "/dev/ubdb", "/dev/ubdc", "/dev/ubdd");
    private static final int THINS = 256;
    private static final int BLANK_BYTES = 256 << 10;
    /// Their constructors.
    private static final Set<String> WRITE_NOTHING = Set.of(
            "crypt",
            "delay",
            "dust",
            "ebs",
            "error",
            "flakey",
            "linear",
            "log-writes",
            "multipath",
            "snapshot-origin",
            "striped",
            "switch",
            "thin",
            "unstriped",
            "verity",
            "zero",
            "zoned");
    private static final Pattern LINE = Pattern.compile(
            "\"file\":\"([^\"]*)\",[^{}]*?\"valid\":(true|false|null)(?:,\"errno\":\"(\\w+)\",\"argument\":(\\d+),"
                    + "\"reason\":\"((?:[^\"\\\\]|\\\\.)*)\")?(,\"kernel_only\":)?");
    private static final String PREFIX = "device-mapper: table: ";
    /// Of a table whose constructors were content: the kind of the devices.
    private static final String REJECTED = "table load rejected: ";
    private static final Pattern ERRNO = Pattern.compile(" \\(-(\\d+|E[A-Z0-9]+)\\)$");

    /// What `check` said of a table; an errno of "": valid.
    /// `kernelOnly`: what the line wants has no constructor of ours that could judge it.
    private record Verdict(String errno, String reason, boolean kernelOnly) {}

    /// What was found over all targets.
    private static final class Found {
        private final List<String> differences = new ArrayList<>();
        private final Map<String, Integer> listed = new LinkedHashMap<>();
        private int accepted;
        private int texts;

        void differ(String difference) {
            System.out.println("difference: " + difference); // at once: the guest may end otherwise
            differences.add(difference);
        }

        void list(String what) {
            listed.merge(what, 1, Integer::sum);
        }
    }

    private final Devices devices = new Devices();

    @Test
    void checkSaysWhatTheKernelSays() throws Exception {
        devices.create(
                Engine.KERNEL, GrammarLines.POOL, "0 65536 thin-pool /dev/ubde /dev/ubdf 128 0", LoadOptions.DEFAULT);
        for (int i = 0; i < THINS; i++) {
            devices.engines()
                    .control(Engine.KERNEL)
                    .run(new DmTask.TargetMessage(Devices.id(GrammarLines.POOL), 0, "create_thin " + i));
        }
        final Found found = new Found();
        final List<String> counts = new ArrayList<>();
        final List<String> few = new ArrayList<>();
        int all = 0;
        try (KernelLog log = KernelLog.open()) {
            for (GrammarLines lines : GrammarLines.all()) {
                lines.companions().forEach((name, table) -> companion(name, table));
                final Map<Path, String> files = write(lines);
                final Map<String, Verdict> verdicts = check(files, lines.readOnly());
                int good = 0;
                int bad = 0;
                log.news();
                for (Map.Entry<Path, String> entry : files.entrySet()) {
                    final Verdict ours =
                            Objects.requireNonNull(verdicts.get(entry.getKey().toString()), entry.getValue());
                    final boolean generated = entry.getKey().toString().endsWith(".generated");
                    if (generated && (ours.errno().isEmpty() ? good++ : bad++) >= QUOTA) {
                        continue;
                    }
                    judge(entry.getValue(), lines.readOnly(), ours, log, found);
                    all++;
                }
                counts.add(lines.type() + " " + Math.min(good, QUOTA) + "+" + Math.min(bad, QUOTA));
                if (Math.min(good, bad) < LEAST) {
                    few.add(lines.type());
                }
                for (String name : lines.companions().keySet()) {
                    devices.remove(Engine.KERNEL, name);
                }
            }
        }
        devices.remove(Engine.KERNEL, GrammarLines.POOL);
        devices.close();
        Remains.requireNone();
        System.out.println("check: seed " + SEED + ", " + all + " tables, " + found.accepted + " accepted, "
                + found.texts + " error texts; generated, good and bad: " + counts + "; not checked offline: "
                + found.listed);
        assertEquals("", String.join("\n", found.differences));
        assertEquals(List.of(), few, "fewer than " + LEAST + " different lines could be generated");
    }

    private void companion(String name, String table) {
        try {
            devices.create(Engine.KERNEL, name, table, LoadOptions.DEFAULT);
        } catch (IOException | DmException e) {
            throw new IllegalStateException(name, e);
        }
    }

    private void judge(String table, boolean readOnly, Verdict ours, KernelLog log, Found found) throws Exception {
        final String type = table.split(" ", 4)[2];
        if (!WRITE_NOTHING.contains(type)) {
            blank();
        }
        // A new one each time: the first table decides whether a device takes bios or requests.
        final String device =
                devices.reserve(Engine.KERNEL, NAME, Optional.empty()).devno() + ": ";
        final String theirs = load(table, readOnly);
        final String text = text(log, device);
        if (theirs.equals(ours.errno())) {
            found.accepted += theirs.isEmpty() ? 1 : 0;
            found.texts += text.isEmpty() ? 0 : 1;
            if (!theirs.isEmpty()
                    && !text.isEmpty()
                    && !ConstructorParity.plain(ours.reason()).startsWith(ConstructorParity.plain(text))) {
                if (unchecked(type, text)) {
                    found.list(text); // the kernel looks at it before what check has found
                } else {
                    found.differ(table + ": kernel '" + text + "', check '" + ours.reason() + "'");
                }
            }
        } else if (unchecked(type, text)) {
            found.list(text);
        } else if (ours.errno().isEmpty() && ours.kernelOnly()) {
            found.list(type + ": of the kernel's engine only: " + text);
        } else if (ours.errno().isEmpty() && text.contains("not aligned to h/w logical block size")) {
            // The kernel measures a line by the limits of the devices and of the target above them.
            found.list(type + ": a line that is no whole number of blocks");
        } else if (theirs.isEmpty() && ours.reason().contains("too small for target")) {
            // The kernel looks at the areas when the table comes into use.
            found.list(type + ": an area that is not inside its device, at the resume");
        } else {
            found.differ(table + ": kernel " + theirs + " '" + text + "', check " + ours);
        }
    }

    /// `dmctl explain` reads what devices of the kernel print, as what they were set up to be.
    @Test
    void explainTellsWhatWasSetUp() throws Exception {
        final LiveDevices all = new LiveDevices(devices);
        final List<String> differences = new ArrayList<>();
        final List<LiveDevices.Live> lives = all.make();
        final String out = Guest.dmctl("explain", "--json").ok();
        for (LiveDevices.Live live : lives) {
            final int from = out.indexOf("{\"name\":\"" + live.name() + "\"");
            final int next = out.indexOf("{\"name\":\"", from + 1);
            final String said = out.substring(from, next < 0 ? out.length() : next);
            if (said.contains("\"table\":null") || said.contains("\"status\":null")) {
                differences.add(live.name() + ": not read: " + said);
            }
            live.fields().stream()
                    .filter(field -> !said.contains(field))
                    .forEach(field -> differences.add(live.name() + ": " + field + " is not in " + said));
        }
        all.remove();
        devices.close();
        Remains.requireNone();
        System.out.println("explain: " + lives.size() + " devices");
        assertEquals("", String.join("\n", differences));
    }

    private static boolean unchecked(String type, String text) {
        return Grammars.find(type).orElseThrow().notChecked().stream()
                .map(Unchecked::errors)
                .flatMap(List::stream)
                .anyMatch(error -> text.equals(type + ": " + error) || text.equals(error));
    }

    /// A file for each table, as users have: those written by hand, then the generated ones, each once.
    private static Map<Path, String> write(GrammarLines lines) throws IOException {
        final Path folder = Files.createTempDirectory("grammar");
        final Map<Path, String> files = new LinkedHashMap<>();
        final Set<String> known = new HashSet<>();
        for (List<String> tables : List.of(lines.good(), lines.bad())) {
            for (String table : tables) {
                if (known.add(table)) {
                    files.put(Files.writeString(folder.resolve(lines.type() + "-" + files.size()), table), table);
                }
            }
        }
        final Random random = new Random(SEED + lines.type().hashCode());
        final LineGenerator generator =
                new LineGenerator(Grammars.find(lines.type()).orElseThrow(), lines.good(), lines.disks());
        final LineMutator mutator = new LineMutator(lines.words());
        for (int i = 0; i < TRIES * QUOTA; i++) {
            for (String table : List.of(generator.line(random), mutator.mutate(lines.good(), random, 1))) {
                if (lines.mayLoad(table) && known.add(table)) {
                    final Path file = folder.resolve(lines.type() + "-" + files.size() + ".generated");
                    files.put(Files.writeString(file, table), table);
                }
            }
        }
        return files;
    }

    private static Map<String, Verdict> check(Map<Path, String> files, boolean readOnly) {
        final List<String> command = new ArrayList<>(List.of("check", "--json"));
        if (readOnly) {
            command.add("--readonly");
        }
        files.keySet().forEach(file -> command.add(file.toString()));
        final Guest.Result result = Guest.dmctl(command.toArray(String[]::new));
        assertEquals(6, result.exitCode(), result::err);
        final Map<String, Verdict> verdicts = new HashMap<>();
        final Matcher line = LINE.matcher(result.out());
        while (line.find()) {
            final String errno = line.group(3) == null ? "" : line.group(3);
            final Verdict verdict =
                    new Verdict(errno, line.group(5) == null ? "" : line.group(5), line.group(6) != null);
            // Of a table of several lines the first that is refused counts.
            verdicts.merge(
                    line.group(1), verdict, (first, next) -> first.errno().isEmpty() ? next : first);
        }
        assertEquals(files.size(), verdicts.size(), result::err);
        return verdicts;
    }

    /// The disks begin with zeros: their content is not what is asked.
    private static void blank() throws IOException {
        for (String disk : DISKS) {
            try (FileChannel channel = FileChannel.open(Path.of(disk), StandardOpenOption.WRITE)) {
                final ByteBuffer zeros = ByteBuffer.allocate(BLANK_BYTES);
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
                channel.force(false);
            }
        }
    }

    /// The kernel's errno, empty when it takes the line; the device goes again.
    private String load(String line, boolean readOnly) throws IOException, DmException {
        try {
            if (readOnly) {
                devices.loadReadOnly(Engine.KERNEL, NAME, line, LoadOptions.DEFAULT);
            } else {
                devices.load(Engine.KERNEL, NAME, line, LoadOptions.DEFAULT);
            }
            return "";
        } catch (DmException e) {
            return Errno.name(e.errno());
        } finally {
            devices.engines().control(Engine.KERNEL).run(new DmTask.DevRemove(Devices.id(NAME), false));
        }
    }

    /// What the kernel has logged about the table: `TYPE: TEXT`, or a text about the table.
    private static String text(KernelLog log, String device) throws Exception {
        for (String said : log.news()) {
            if (said.startsWith(PREFIX + device)) {
                return ERRNO.matcher(said.substring((PREFIX + device).length())).replaceFirst("");
            }
            if (said.startsWith(PREFIX + REJECTED)) {
                return said.substring(PREFIX.length());
            }
        }
        return "";
    }
}
