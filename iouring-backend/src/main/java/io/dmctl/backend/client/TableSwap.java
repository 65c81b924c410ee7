package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmDeviceInfo;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmStatus;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import java.io.IOException;

/// Puts another table of a device in use, and the one before back when that is wanted or the swap fails.
///
/// When a resume fails the engine destroys the new table and leaves the device suspended with its old one: its
/// users hang until a second resume. That second resume is done here.
///
/// Thread rule: as the engines'.
public final class TableSwap {
    private final Engines engines;
    private final Engine engine;
    private final DmId id;
    private final DmTable before;
    private final boolean beforeReadonly;

    private TableSwap(Engines engines, Engine engine, DmId id, DmTable before, boolean beforeReadonly) {
        this.engines = engines;
        this.engine = engine;
        this.id = id;
        this.before = before;
        this.beforeReadonly = beforeReadonly;
    }

    /// Remembers the table that is in use.
    ///
    /// @throws IllegalStateException when there is none, or the device is suspended
    public static TableSwap of(Engines engines, Engine engine, DmId id) throws IOException, DmException {
        final DmDeviceInfo info = engines.control(engine).run(new DmTask.DevStatus(id, false));
        if (!info.liveTable()) {
            throw new IllegalStateException("no table is in use");
        }
        if (info.suspended()) {
            throw new IllegalStateException("the device is suspended");
        }
        return new TableSwap(engines, engine, id, table(engines, engine, id, false), info.readonly());
    }

    /// As the engine tells it.
    private static DmTable table(Engines engines, Engine engine, DmId id, boolean inactive)
            throws IOException, DmException {
        final DmStatus status =
                engines.control(engine).run(new DmTask.TableStatus(id, DmTask.TableStatus.Kind.TABLE, inactive, false));
        return new DmTable(status.lines().stream()
                .map(l -> new DmTableLine(l.startSector(), l.lenSectors(), l.type(), l.text()))
                .toList());
    }

    /// The step failed, and the device runs with the table that it had before it. The cause says why.
    public static final class RolledBackException extends Exception {
        private static final long serialVersionUID = 1L;

        RolledBackException(DmException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// Puts `next` in use, with the flags of [DmTask.DevResume].
    ///
    /// @throws DmException when the table is refused at its load: nothing has changed then; or when the device
    /// could not even be brought back, and is suspended
    /// @throws RolledBackException when the table could not come into use
    public void run(DmTable next, boolean readonly, boolean noflush, boolean skipLockfs)
            throws IOException, DmException, RolledBackException {
        load(next, readonly);
        resume(noflush, skipLockfs);
    }

    /// As [#run], but for a table that is the one in use in other words, which only the engine knows: that changes
    /// nothing, and the answer is false.
    public boolean runIfOther(DmTable next, boolean readonly, boolean noflush, boolean skipLockfs)
            throws IOException, DmException, RolledBackException {
        load(next, readonly);
        if (readonly == beforeReadonly && table(engines, engine, id, true).equals(before)) {
            engines.control(engine).run(new DmTask.TableClear(id));
            return false;
        }
        resume(noflush, skipLockfs);
        return true;
    }

    private void load(DmTable table, boolean readonly) throws IOException, DmException {
        engines.load(engine, new DmTask.TableLoad(id, table, readonly), LoadOptions.DEFAULT);
    }

    private void resume(boolean noflush, boolean skipLockfs) throws IOException, DmException, RolledBackException {
        final DmTask.DevResume resume = new DmTask.DevResume(id, noflush, skipLockfs);
        try {
            engines.control(engine).run(resume);
        } catch (DmException e) {
            if (engines.control(engine).run(new DmTask.DevStatus(id, false)).inactiveTable()) {
                engines.control(engine).run(new DmTask.TableClear(id)); // it was not even tried
            }
            engines.control(engine).run(resume);
            throw new RolledBackException(e);
        }
    }

    /// Puts the table before back in use.
    ///
    /// @throws DmException when the table before is refused at its load: the new one stays in use then; or when the
    /// device could not even be brought back, and is suspended
    /// @throws RolledBackException when the table before could not come into use: the new one stays
    public void undo(boolean noflush, boolean skipLockfs) throws IOException, DmException, RolledBackException {
        load(before, beforeReadonly);
        resume(noflush, skipLockfs);
    }
}
