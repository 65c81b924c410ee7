package io.dmctl.backend.state;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.Engines;
import io.dmctl.backend.client.TableSwap;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Does what a plan says, step by step.
///
/// Thread rule: as the engines'.
public final class Apply {
    private final Engines engines;
    private final DmNodes nodes;

    /// `engines` stay the caller's.
    public Apply(Engines engines, DmNodes nodes) {
        this.engines = engines;
        this.nodes = nodes;
    }

    /// Does all steps; `done` hears of each that changed something.
    ///
    /// @throws ApplyException at the first that fails
    public void run(Plan plan, Consumer<Action> done) throws ApplyException {
        final List<Action> all = plan.actions();
        for (int i = 0; i < all.size(); i++) {
            final boolean changed;
            try {
                changed = run(all.get(i));
            } catch (IOException | DmException | TableSwap.RolledBackException e) {
                throw new ApplyException(all.subList(0, i), all.get(i), all.subList(i + 1, all.size()), e);
            }
            if (changed) {
                done.accept(all.get(i));
            }
        }
    }

    /// Takes steps back that [#run] has done: names first, by which the tables before name devices, then the last
    /// step first. `undone` hears of each that is. Answers those that stay, each with the reason: it does not stop
    /// at one, but what lies below a device that stays may have to stay, too.
    public Map<Action, Exception> undo(List<Action> done, Consumer<Action> undone) {
        final List<Action> order = new ArrayList<>(done.reversed());
        order.sort(Comparator.comparing(action -> !(action instanceof Action.Rename)));
        final Map<Action, Exception> stays = new LinkedHashMap<>();
        for (Action action : order) {
            try {
                if (action.inverse().isEmpty()) {
                    throw new ErrnoException("undo", action.name().toString(), Errno.EOPNOTSUPP);
                }
                for (Action back : action.inverse()) {
                    run(back);
                }
                undone.accept(action);
            } catch (IOException | DmException | TableSwap.RolledBackException e) {
                stays.put(action, e);
            }
        }
        return stays;
    }

    /// False when nothing had to be done.
    private boolean run(Action action) throws IOException, DmException, TableSwap.RolledBackException {
        switch (action) {
            case Action.Create create -> create(create);
            case Action.Change change -> {
                return change(change);
            }
            case Action.Rename rename -> rename(rename);
            case Action.SetUuid set -> control(set).run(new DmTask.DevSetUuid(set.name(), set.uuid()));
            case Action.Remove remove -> remove(remove);
        }
        return true;
    }

    private DmControl control(Action action) throws IOException {
        return engines.control(action.engine());
    }

    private void create(Action.Create action) throws IOException, DmException {
        final DmDeviceInfo made = engines.create(action.engine(), action.create());
        if (action.spec().table().lines().isEmpty()) {
            return;
        }
        try {
            putInUse(action, action.spec());
        } catch (IOException | DmException e) {
            takeBack(action, made, e);
            throw e;
        }
    }

    /// What failed first is what is told; that it cannot be taken back, besides.
    private void takeBack(Action.Create action, DmDeviceInfo made, Exception failure) {
        try {
            control(action).run(new DmTask.DevRemove(DmId.of(action.name()), false));
            removeNode(action, made);
        } catch (IOException | DmException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean change(Action.Change action) throws IOException, DmException, TableSwap.RolledBackException {
        final DeviceSpec spec = action.spec();
        if (action.before().table().lines().isEmpty()) {
            putInUse(action, spec);
            return true;
        }
        return TableSwap.of(engines, action.engine(), DmId.of(action.name()))
                .runIfOther(byNumber(spec.table()), spec.readonly(), false, false);
    }

    private void putInUse(Action action, DeviceSpec spec) throws IOException, DmException {
        final DmId id = DmId.of(spec.name());
        engines.load(
                action.engine(), new DmTask.TableLoad(id, byNumber(spec.table()), spec.readonly()), spec.shownAs());
        final DmDeviceInfo info = control(action).run(new DmTask.DevResume(id, false, false));
        if (action.engine() == Engine.KERNEL) {
            nodes.add(spec.name(), info.devno());
        }
    }

    /// With the kernel's devices by their numbers: where udev makes their nodes, one may not be there yet.
    private DmTable byNumber(DmTable table) throws IOException, DmException {
        final List<DmTableLine> lines = new ArrayList<>();
        for (DmTableLine line : table.lines()) {
            final StringBuilder params = new StringBuilder();
            for (String word : line.params().split(" ", -1)) {
                params.append(params.isEmpty() ? "" : " ").append(byNumber(word));
            }
            lines.add(new DmTableLine(line.startSector(), line.lenSectors(), line.type(), params.toString()));
        }
        return new DmTable(lines);
    }

    private String byNumber(String word) throws IOException, DmException {
        if (!word.startsWith(DeviceWords.MAPPER)) {
            return word;
        }
        try {
            final DmId id = DmId.of(DmName.of(word.substring(DeviceWords.MAPPER.length())));
            return engines.find(id).equals(Optional.of(Engine.KERNEL))
                    ? engines.control(Engine.KERNEL)
                            .run(new DmTask.DevStatus(id, false))
                            .devno()
                            .toString()
                    : word;
        } catch (IllegalArgumentException e) {
            return word; // no device can have that name
        }
    }

    private void rename(Action.Rename action) throws IOException, DmException {
        if (engines.find(DmId.of(action.newName())).isPresent()) {
            throw new ErrnoException("rename", action.newName().toString(), Errno.EBUSY);
        }
        final DmDeviceInfo info = control(action).run(new DmTask.DevRename(action.name(), action.newName()));
        if (action.engine() == Engine.KERNEL) {
            nodes.rename(action.name(), action.newName(), info.devno());
        }
    }

    private void remove(Action.Remove action) throws IOException, DmException {
        final DmId id = DmId.of(action.name());
        final DmDeviceInfo info = control(action).run(new DmTask.DevStatus(id, false));
        control(action).run(new DmTask.DevRemove(id, false));
        removeNode(action, info);
    }

    private void removeNode(Action action, DmDeviceInfo info) throws IOException {
        if (action.engine() == Engine.KERNEL) {
            nodes.remove(action.name(), info.devno());
        }
    }
}
