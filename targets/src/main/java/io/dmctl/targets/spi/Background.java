package io.dmctl.targets.spi;

import org.jspecify.annotations.Nullable;

/// Work of a domain that is no device's: its bios come from a pool of its own, so that no device's suspend waits
/// for them, and they outlive any device's table. For state that several devices share and that works on while one
/// of them is suspended.
///
/// Thread rule: that of the domain, but for [#queueWork].
public interface Background extends AutoCloseable {
    /// Who has the work.
    interface Worker {
        /// As [Target#newPerIo()], for the bios of this pool.
        default @Nullable Object newPerIo() {
            return null;
        }

        /// As [Target#work(Domain, QueueContext)]: queued, or there is a bio that was asked for in vain.
        void work(QueueContext q);
    }

    /// For bios of this pool, also within the calls of a target; the completions of these bios have it as theirs.
    QueueContext queue();

    /// Calls [Worker#work] soon. From any thread, cold.
    void queueWork();

    /// Ends it; none of its bios may be out.
    @Override
    void close();
}
