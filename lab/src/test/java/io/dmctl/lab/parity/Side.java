package io.dmctl.lab.parity;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.lab.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One engine with its own disks. Devices are called by short names; what texts say of devices comes back in names
/// that are the same on both sides.
final class Side {
    static final String GROUP = "parity";
    static final LoadOptions OPTIONS = new LoadOptions("ublk", 2, 64, GROUP);
    /// The name of the row's own device.
    static final String MAIN = "main";

    private static final Pattern DEVNO = Pattern.compile("\\b\\d+:\\d+\\b");

    private final Engine engine;
    private final Devices devices;
    private final Disks disks;
    private final boolean readOnly;
    private final Map<String, String> names = new HashMap<>();
    private final Deque<String> made = new ArrayDeque<>();

    /// `readOnly`: tables of the row's own device are.
    Side(Engine engine, Devices devices, Disks disks, boolean readOnly) throws IOException {
        this.engine = engine;
        this.devices = devices;
        this.disks = disks;
        this.readOnly = readOnly;
        for (int i = 0; i < disks.paths().size(); i++) {
            names.put(devno(disks.path(i)), "disk" + i);
        }
    }

    Engine engine() {
        return engine;
    }

    Disks disks() {
        return disks;
    }

    String path(String name) {
        return "/dev/mapper/" + disks.deviceName(name);
    }

    /// The kernel's name of the device, as `ublkb0` or `dm-3`.
    String disk(String name) throws IOException {
        final Path path = Path.of(path(name)).toRealPath();
        final Path sys = Path.of("/sys/dev/block", devno(path.toString())).toRealPath();
        return sys.getFileName().toString();
    }

    private static String devno(String path) throws IOException {
        return Devno.ofStRdev(((Number) Files.getAttribute(Path.of(path), "unix:rdev")).longValue())
                .toString();
    }

    /// A name without a table.
    DmDeviceInfo reserve(String name) throws IOException, DmException {
        final DmDeviceInfo info = devices.reserve(engine, disks.deviceName(name), Optional.empty());
        made.push(name);
        if (engine == Engine.KERNEL) {
            DmNodes.system().add(info.name(), info.devno());
        }
        return info;
    }

    Answer load(String name, String table) {
        return Answer.of(() -> {
            if (readOnly && name.equals(MAIN)) {
                devices.loadReadOnly(engine, disks.deviceName(name), table, OPTIONS);
            } else {
                devices.load(engine, disks.deviceName(name), table, OPTIONS);
            }
            return "";
        });
    }

    Answer run(DmTask<?> task) {
        return Answer.of(() -> {
            devices.engines().control(engine).run(task);
            return "";
        });
    }

    Answer resume(String name) {
        return run(new DmTask.DevResume(Devices.id(disks.deviceName(name)), false, true));
    }

    Answer suspend(String name, boolean noflush) {
        return run(new DmTask.DevSuspend(Devices.id(disks.deviceName(name)), noflush, true));
    }

    /// Tries to remove the device.
    Answer removal(String name) throws IOException, DmException {
        final DmDeviceInfo info = info(name);
        final Answer answer = run(new DmTask.DevRemove(Devices.id(disks.deviceName(name)), false));
        if (answer.ok()) {
            made.remove(name);
            names.values().remove(name);
            if (engine == Engine.KERNEL) {
                DmNodes.system().remove(info.name(), info.devno());
            }
        }
        return answer;
    }

    Answer clear(String name) {
        return run(new DmTask.TableClear(Devices.id(disks.deviceName(name))));
    }

    /// The reply to a message; of a refusal the error only, for the kernel tells its reason to nobody but its log.
    Answer message(String name, long sector, String message) {
        final Answer answer = Answer.of(() -> devices.engines()
                .control(engine)
                .run(new DmTask.TargetMessage(Devices.id(disks.deviceName(name)), sector, message))
                .orElse(""));
        return new Answer(answer.errno(), answer.ok() ? named(answer.text()) : "");
    }

    DmDeviceInfo info(String name) throws IOException, DmException {
        return devices.info(engine, disks.deviceName(name));
    }

    /// Everything that tells the device's state, in one comparable text: flags, live and loaded table, INFO.
    String state(String name, UnaryOperator<String> comparable) throws IOException, DmException {
        final DmDeviceInfo info = info(name);
        final StringBuilder text = new StringBuilder(info.suspended() ? "suspended" : "running")
                .append(info.readonly() ? ", read-only" : "")
                .append(info.liveTable() ? ", live" : "")
                .append(info.inactiveTable() ? ", loaded" : "")
                .append(", ")
                .append(info.targetCount())
                .append(" targets");
        text.append("; INFO ")
                .append(comparable.apply(status(name, Kind.INFO, false).toString()));
        text.append("; TABLE ")
                .append(comparable.apply(status(name, Kind.TABLE, false).toString()));
        text.append("; loaded ")
                .append(comparable.apply(status(name, Kind.TABLE, true).toString()));
        return text.toString();
    }

    /// A line a target, `START LENGTH TYPE TEXT`.
    Answer status(String name, Kind kind, boolean inactive) {
        return Answer.of(() -> devices
                .engines()
                .control(engine)
                .run(new DmTask.TableStatus(Devices.id(disks.deviceName(name)), kind, inactive, false))
                .lines()
                .stream()
                .map(DmStatusLine::toString)
                .map(this::named)
                .collect(Collectors.joining("\n")));
    }

    /// A table of these names, as [#named] printed it, back in this side's own.
    String unnamed(String table) {
        String text = table;
        for (Map.Entry<String, String> name : names.entrySet()) {
            text = text.replaceAll("(?<=\\s)" + name.getValue() + "(?=\\s|$)", name.getKey());
        }
        return text;
    }

    /// The text with device numbers and paths as the names that both sides have.
    String named(String text) {
        final Matcher devno = DEVNO.matcher(text.replace("parity_" + disks.side() + "_", "parity_"));
        return devno.replaceAll(found -> names.getOrDefault(found.group(), found.group()));
    }

    /// Makes the device, with its companions, and sends the setup messages.
    void create(ParityRow row, String table) throws IOException {
        for (Companion companion : row.companions(disks)) {
            create(companion.name(), companion.table());
        }
        create(MAIN, table);
    }

    void create(String name, String table) throws IOException {
        try {
            reserve(name);
        } catch (DmException e) {
            throw new AssertionError(e);
        }
        require(load(name, table), "load", table);
        require(resume(name), "resume", table);
        made(name);
    }

    /// Takes note of a device that has come into use.
    void made(String name) throws IOException {
        names.put(devno(path(name)), name);
        if (engine == Engine.JAVA) {
            // The bio is the unit: what the block layer merges or reorders would be another work than the kernel's.
            final Path queue = Path.of("/sys/block", disk(name), "queue");
            Files.writeString(queue.resolve("nomerges"), "2");
            Files.writeString(queue.resolve("scheduler"), "none");
        }
    }

    private void require(Answer answer, String what, String table) {
        if (!answer.ok()) {
            throw new AssertionError(engine + ": " + what + ": " + answer + ": " + table);
        }
    }

    void remove(String name) throws IOException {
        names.values().remove(name);
        try {
            devices.remove(engine, disks.deviceName(name));
        } catch (DmException e) {
            throw new AssertionError(e);
        }
        made.remove(name);
    }

    /// Removes all that was made, the last one first.
    void removeAll() throws IOException {
        while (!made.isEmpty()) {
            final String name = made.peek();
            resume(name); // what is suspended holds its I/O
            remove(name);
        }
    }
}
