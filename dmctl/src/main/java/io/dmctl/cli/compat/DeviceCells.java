package io.dmctl.cli.compat;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.Mangling;
import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a report says of one device.
final class DeviceCells implements Report.Source {
    private final Host host;
    private final Info info;
    private final @Nullable DeviceTree tree;
    private final @Nullable StatsCells stats;
    private @Nullable List<Devno> deps;

    /// `tree`, `stats`: there when a field needs them.
    DeviceCells(Host host, Info info, @Nullable DeviceTree tree, @Nullable StatsCells stats) {
        this.host = host;
        this.info = info;
        this.tree = tree;
        this.stats = stats;
    }

    @Override
    public @Nullable Cell cell(Field field) throws Failed {
        return switch (field.type) {
            case TASK -> ofName(field);
            case INFO -> ofState(field);
            case DEPS -> ofDeps(field);
            case TREE -> ofTree(field);
            case NAME -> SplitName.of(subsystem(), info.name()).cell(field);
            case STATS, STATS_META -> stats == null ? null : stats.cell(field);
            case SPECIAL -> throw new IllegalArgumentException(field.id());
        };
    }

    private String subsystem() {
        final int dash = info.uuid().indexOf('-');
        return dash < 0 ? "" : info.uuid().substring(0, dash);
    }

    private Cell ofName(Field field) throws Failed {
        return switch (field) {
            case NAME -> Cell.text(info.name());
            case MANGLED_NAME -> Cell.text(mangled(info.rawName(), "name"));
            case UNMANGLED_NAME -> Cell.text(unmangled(info.rawName()));
            case UUID -> Cell.text(info.uuid());
            case MANGLED_UUID -> Cell.text(mangled(info.rawUuid(), "UUID"));
            case UNMANGLED_UUID -> Cell.text(unmangled(info.rawUuid()));
            case READ_AHEAD -> Cell.number(host.files.readAheadSectors(info).orElse(0));
            default -> throw new IllegalArgumentException(field.id());
        };
    }

    private String mangled(String raw, String what) throws Failed {
        return RawText.display(host.mangling.mangled(raw, what, host.shell));
    }

    private String unmangled(String raw) {
        return RawText.display(host.mangling == MangleMode.NONE ? Mangling.unmangle(raw) : raw);
    }

    private Cell ofState(Field field) throws Failed {
        final DmDeviceInfo state = info.state();
        final Devno devno = info.devno();
        return switch (field) {
            case BLKDEVNAME -> Cell.text(blockName(devno));
            case ATTR ->
                Cell.text((state.liveTable() ? "L" : "-")
                        + (state.inactiveTable() ? "I" : "-")
                        + (state.suspended() ? "s" : "-")
                        + (state.readonly() ? "r" : "w"));
            case TABLES_LOADED ->
                Cell.text(
                        state.liveTable()
                                ? (state.inactiveTable() ? "Both" : "Live")
                                : (state.inactiveTable() ? "Inactive" : "None"));
            case SUSPENDED -> Cell.text(state.suspended() ? "Suspended" : "Active");
            case READONLY -> Cell.text(state.readonly() ? "Read-only" : "Writeable");
            case DEVNO -> Cell.text(devno.toString());
            case MAJOR -> Cell.number(devno.major());
            case MINOR -> Cell.number(devno.minor());
            case OPEN -> Cell.number(state.openCount());
            case SEGMENTS -> Cell.number(state.targetCount());
            case EVENTS -> Cell.number(Integer.toUnsignedLong(state.eventNr()));
            default -> throw new IllegalArgumentException(field.id());
        };
    }

    private String blockName(Devno devno) throws Failed {
        final String name = host.files.blockName(devno, false);
        if (name == null) {
            throw host.shell.failed("Could not resolve block device name for " + devno + ".");
        }
        return name;
    }

    private List<Devno> deps() throws Failed {
        List<Devno> d = deps;
        if (d == null) {
            final Device device = Device.numbered(info.devno());
            d = host.kernel
                    .runOrLeave("deps", device, id -> new DmTask.TableDeps(id, host.switches.has(Opt.INACTIVE)))
                    .devices();
            deps = d;
        }
        return d;
    }

    private Cell ofDeps(Field field) throws Failed {
        final List<String> texts = new ArrayList<>();
        for (Devno devno : deps()) {
            texts.add(field == Field.BLKDEVS_USED ? blockName(devno) : devno.toString());
        }
        return field == Field.DEVICE_COUNT ? Cell.number(texts.size()) : Cell.text(String.join(",", texts));
    }

    private Cell ofTree(Field field) throws Failed {
        final DeviceTree.Node node = tree == null ? null : tree.find(info.devno());
        if (tree == null || node == null) {
            throw host.shell.failed("Cannot find node " + info.devno() + ".");
        }
        if (field == Field.DEVICE_REF_COUNT) {
            return Cell.number(tree.count(node, true));
        }
        final List<String> texts = new ArrayList<>();
        for (DeviceTree.Node next : node.next(field != Field.DEVS_USED)) {
            final String text =
                    field == Field.DEVNOS_USING_DEV ? (next == tree.root() ? "" : next.devno.toString()) : next.name();
            if (!text.isEmpty()) {
                texts.add(text);
            }
        }
        return Cell.text(String.join(",", texts));
    }
}
