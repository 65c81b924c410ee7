package io.dmctl.targets.spi;

import org.jspecify.annotations.Nullable;

/// One line of a table. [#map], [#endIo] and [#work] run on every queue at once: no locks, no clocks, no threads;
/// mutable shared state has
/// one owning [Domain]. All other methods are called by one control thread at a time.
///
/// @kernel include/linux/device-mapper.h `struct target_type`
public interface Target extends AutoCloseable {
    /// Read again at each resume.
    TargetLimits limits();

    @HotPath
    MapResult map(Bio bio, QueueContext q);

    @HotPath
    default EndIoResult endIo(Bio bio, QueueContext q) {
        return EndIoResult.DONE;
    }

    /// A bio that was posted to a domain, or whose timer is over, on the thread of that domain or timer. The target
    /// owns the bio.
    @HotPath
    default void work(Bio bio, QueueContext q) {
        q.complete(bio);
    }

    /// What [TargetContext#queueWork] asked for, on the thread of `owner`: the place for work that no bio brings, a
    /// recovery in the background for one. Also when [QueueContext#newBio] found none on that thread, other than
    /// in map, and one is free now.
    default void work(Domain owner, QueueContext q) {}

    /// State of a bio in this target, made once per bio of a pool; null for none. On the I/O thread that
    /// has these bios: when it first serves the device, and when the table becomes live after that.
    default @Nullable Object newPerIo() {
        return null;
    }

    /// The longest time, in milliseconds, for which the target itself keeps a bio while the device runs; 0 for one
    /// that keeps none. Where the kernel bounds how long a request may wait, a longer one is refused at its load.
    default long holdsMs() {
        return 0;
    }

    /// Before the drain of a suspend. Work in the background stops here: the drain also waits until the target's own
    /// bios are back, on every thread.
    default void presuspend() {}

    /// The suspend was given up.
    default void presuspendUndo() {}

    /// Nothing is in flight.
    default void postsuspend() {}

    /// @throws TargetException and the device stays suspended
    default void preresume() throws TargetException {}

    default void resume() {}

    /// Takes over after the death of the process that served the device; not the constructor again.
    ///
    /// @throws TargetException when nothing can be recovered
    default void recover() throws TargetException {}

    /// Writes the status. TABLE text is accepted by [TargetType#ctr] again. `noflush`: do not commit first.
    void status(StatusSink out, StatusType type, boolean noflush);

    /// Whose code does its work, where the backend had a choice, as with the cipher of crypt; empty for none.
    default String provider() {
        return "";
    }

    /// Answers the text of the reply, empty for none. `args` has at least one word and is wiped after this returns: a
    /// key need never become a String.
    ///
    /// @throws TargetException when the message is not known or not right
    default String message(TargetArgs args) throws TargetException {
        throw TargetException.invalid("Target type does not support messages");
    }

    /// Changes the stacked limits.
    default void ioHints(QueueLimits.Builder limits) {}

    void iterateDevices(DeviceVisitor visitor);

    /// The destructor. The table closes the devices.
    @Override
    default void close() {}
}
