package io.dmctl.targets.testkit;

import io.dmctl.targets.core.IoThread;
import io.dmctl.targets.core.LiveTable;
import io.dmctl.targets.core.MappedDevice;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TargetStatus;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.StatusType;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A mapped device with the verbs a test needs. The blocking forms make the scheduler go on; a status other than 0 is
/// an
/// [AssertionError] where a form does not return it.
public final class TestDevice implements AutoCloseable {
    private final TestGroup group;
    private final MappedDevice md;
    private final List<TestIo> running = new ArrayList<>();
    private boolean removed;

    TestDevice(TestGroup group, MappedDevice md) {
        this.group = group;
        this.md = md;
    }

    public MappedDevice core() {
        return md;
    }

    // ---- I/O ----

    /// Starts a request on `thread`; `buffer` is what is written, or filled.
    public TestIo start(IoThread thread, ReqOp op, int flags, long sector, int sectors, byte[] buffer) {
        final TestIo io = new TestIo(op, flags, sector, sectors, buffer, group.nextHeld());
        running.removeIf(TestIo::done);
        running.add(io);
        io.submit(md, thread);
        return io;
    }

    /// As [#start], on a thread that the scheduler picks.
    public TestIo start(ReqOp op, int flags, long sector, int sectors, byte[] buffer) {
        final List<SimIoThread> threads = group.threads();
        return start(
                threads.get(group.scheduler().random().nextInt(threads.size())), op, flags, sector, sectors, buffer);
    }

    /// Starts a read on some thread.
    public TestIo startRead(long sector, int sectors) {
        return start(ReqOp.READ, 0, sector, sectors, new byte[sectors << 9]);
    }

    public TestIo startWrite(long sector, byte[] bytes) {
        return start(ReqOp.WRITE, 0, sector, bytes.length >> 9, bytes);
    }

    /// Waits for `io`, and answers its status.
    public int await(TestIo io) {
        group.scheduler().await(io::done);
        return io.status();
    }

    /// Requests that were started and have not ended.
    public int running() {
        running.removeIf(TestIo::done);
        return running.size();
    }

    public void awaitAll() {
        group.scheduler().await(() -> running() == 0);
    }

    public byte[] read(long sector, int sectors) {
        final TestIo io = startRead(sector, sectors);
        ok(io);
        return io.buffer();
    }

    public void write(long sector, byte[] bytes) {
        write(sector, bytes, 0);
    }

    public void write(long sector, byte[] bytes, int flags) {
        ok(start(ReqOp.WRITE, flags, sector, bytes.length >> 9, bytes));
    }

    public void flush() {
        ok(start(ReqOp.FLUSH, 0, 0, 0, new byte[0]));
    }

    /// 0 or `-errno` of a request that carries no bytes to look at.
    public int status(ReqOp op, int flags, long sector, int sectors) {
        return await(start(op, flags, sector, sectors, new byte[op.hasData() ? sectors << 9 : 0]));
    }

    private void ok(TestIo io) {
        final int status = await(io);
        if (status != 0) {
            throw new AssertionError(
                    io + " on " + md.name() + " ended with " + status + " (" + group.scheduler() + ")");
        }
    }

    // ---- control ----

    public void load(String table) throws TableException {
        md.load(group.build(md, table));
    }

    public void loadReadOnly(String table) throws TableException {
        md.load(group.buildReadOnly(md, table));
    }

    /// Makes of this device, which has no table yet, what a next server makes of one whose server has died:
    /// `table` was its live one, and its targets find what those of the last table that was built kept of
    /// them.
    public void recover(String table) throws TableException {
        md.load(group.buildRecovered(md, table));
        md.recover(false, 0, () -> {});
    }

    public void resume() throws TableException {
        md.resume(false);
    }

    public void suspend(boolean noflush) throws TableException {
        md.suspend(noflush);
    }

    public void reload(String table) throws TableException {
        load(table);
        resume();
    }

    /// The lines of the live table, as [#load] takes them.
    public String table() {
        return text(StatusType.TABLE);
    }

    /// The status lines of the live table.
    public String info() {
        return text(StatusType.INFO);
    }

    private String text(StatusType type) {
        final LiveTable table = Objects.requireNonNull(md.live(), "no live table");
        final List<String> lines = new ArrayList<>();
        for (TargetStatus s : table.status(type, false)) {
            final String text = new String(s.text(), StandardCharsets.UTF_8);
            lines.add(s.startSector() + " " + s.lenSectors() + " " + s.type() + (text.isEmpty() ? "" : " " + text));
        }
        return String.join("\n", lines);
    }

    /// Sends a message, split at white space, to the target that covers `sector`; answers its text.
    ///
    /// @throws TargetException when the target refuses
    public String message(long sector, String words) throws TargetException {
        try (TargetArgs args = TargetArgs.split(words)) {
            return md.message(sector, args);
        }
    }

    /// Lets the I/O that runs end, checks that none is lost and that every bio is back, and removes the device.
    ///
    /// @throws AssertionError when something is missing
    @Override
    public void close() {
        if (removed) {
            return;
        }
        removed = true;
        try {
            final boolean stopped = md.suspended() || md.live() == null;
            group.scheduler().await(() -> stopped || running() == 0);
            group.scheduler().runToIdle();
            final int busy = md.busyBios();
            if (busy != 0) {
                throw new AssertionError(busy + " bios of " + md.name() + " are not back (" + group.scheduler() + ")");
            }
            md.remove();
            group.removed(this);
            if (running() != 0) {
                throw new AssertionError("lost: " + running + " (" + group.scheduler() + ")");
            }
        } catch (TableException e) {
            throw new AssertionError("remove of " + md.name() + " (" + group.scheduler() + ")", e);
        }
    }
}
