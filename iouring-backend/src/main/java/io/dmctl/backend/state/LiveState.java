package io.dmctl.backend.state;

import io.dmctl.backend.client.BlockNumbers;
import io.dmctl.backend.client.DeviceRecord;
import io.dmctl.backend.client.DeviceState;
import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.client.StateFile;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmListedDevice;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.sys.Devno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The devices of both engines as they are now.
public final class LiveState {
    private final Map<DmName, LiveDevice> devices;

    LiveState(List<LiveDevice> devices) {
        this.devices = new LinkedHashMap<>();
        devices.forEach(d -> this.devices.put(d.name(), d));
    }

    /// Asks both engines; without the kernel's device-mapper only ours.
    public static LiveState read(Engines engines) throws IOException, DmException {
        final List<Found> found = new ArrayList<>();
        if (engines.kernel().available()) {
            find(engines, Engine.KERNEL, found);
        }
        find(engines, Engine.JAVA, found);
        final DeviceWords words = new DeviceWords();
        for (Found each : found) {
            final DmDeviceInfo info = each.status.info();
            words.add(info.name(), info.name().nodeName(), info.devno());
        }
        final List<LiveDevice> devices = new ArrayList<>();
        for (Found each : found) {
            devices.add(each.device(words, engines));
        }
        return new LiveState(devices);
    }

    private static void find(Engines engines, Engine engine, List<Found> to) throws IOException, DmException {
        final DmControl control = engines.control(engine);
        for (DmListedDevice device : control.run(new DmTask.ListDevices(false))) {
            final DmId id = DmId.of(device.name());
            final DmStatus status = control.run(new DmTask.TableStatus(id, Kind.TABLE, false, true));
            to.add(new Found(
                    engine,
                    status,
                    new HashSet<>(control.run(new DmTask.TableDeps(id, false)).devices())));
        }
    }

    /// A device before its words are looked at. `deps`: the numbers in its table that are devices, not lengths.
    private record Found(Engine engine, DmStatus status, Set<Devno> deps) {
        LiveDevice device(DeviceWords words, Engines engines) throws IOException {
            final Set<DmName> uses = new LinkedHashSet<>();
            final List<DmTableLine> lines = status.lines().stream()
                    .map(l -> new DmTableLine(
                            l.startSector(),
                            l.lenSectors(),
                            l.type(),
                            DeviceSpec.mapWords(l.text(), w -> named(w, words, uses))))
                    .toList();
            final DeviceSpec spec = new DeviceSpec(
                    status.info().name(),
                    status.info().uuid(),
                    engine,
                    status.info().readonly(),
                    engine == Engine.JAVA ? shownAs(status.info().name(), engines) : LoadOptions.DEFAULT,
                    new DmTable(lines));
            return new LiveDevice(spec, status.info(), uses);
        }

        private String named(String word, DeviceWords words, Set<DmName> uses) {
            final boolean isDevice = word.startsWith(DeviceWords.MAPPER)
                    || BlockNumbers.ofWord(word).map(deps::contains).orElse(false);
            if (!isDevice) {
                return word;
            }
            return words.device(word)
                    .map(name -> {
                        uses.add(name);
                        return DeviceWords.MAPPER + name.nodeName();
                    })
                    .orElse(word);
        }
    }

    private static LoadOptions shownAs(DmName name, Engines engines) throws IOException {
        final DeviceRecord record = engines.registry().find(DmId.of(name)).orElse(null);
        if (record == null || record.group().isEmpty()) {
            return LoadOptions.DEFAULT;
        }
        for (DeviceState state :
                StateFile.read(engines.registry().groupDir(record.group().get()))) {
            if (state.name().equals(name)) {
                return state.options().withModulePath(record.modulePath().orElse(""));
            }
        }
        return LoadOptions.DEFAULT;
    }

    /// The devices, those of the kernel first, each engine's in the order of their names.
    public List<LiveDevice> devices() {
        return List.copyOf(devices.values());
    }

    Optional<LiveDevice> find(DmName name) {
        return Optional.ofNullable(devices.get(name));
    }

    /// All as descriptions that make them again on this machine, without keys unless `keys`. A disk is named by
    /// its node in /dev instead of its number.
    public List<DeviceSpec> describe(boolean keys) {
        return devices().stream()
                .map(d -> d.spec().with(d.spec().map(LiveState::byNode)))
                .map(s -> keys ? s : s.withoutKeys())
                .toList();
    }

    private static String byNode(DmTableLine line) {
        return DeviceSpec.mapWords(line.params(), LiveState::node);
    }

    private static String node(String word) {
        if (word.startsWith("/") || BlockNumbers.ofWord(word).isEmpty()) {
            return word;
        }
        try {
            final Path disk = Path.of("/sys/dev/block", word).toRealPath();
            return "/dev/" + disk.getFileName().toString().replace('!', '/');
        } catch (IOException e) {
            return word; // no device's number
        }
    }
}
