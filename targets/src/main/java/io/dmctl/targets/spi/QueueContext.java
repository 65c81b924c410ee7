package io.dmctl.targets.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// All that a target may do on the I/O path: one per I/O thread. A target keeps none.
@HotPath
public interface QueueContext {
    /// Dense over the process, from 0: an index for per-thread state.
    int threadIndex();

    /// Monotonic time, ns; virtual in tests.
    long nowNs();

    /// As [#nowNs()], read at most once for all that one wake-up of this thread brought: for a target that notes the
    /// time of every request. Not later than now, and earlier by no more than the thread has been awake.
    long turnNs();

    /// The buffer that holds the bytes of `bio`, which start at `bio.data().offsetBytes()`: asked for in map, before
    /// remap.
    /// Read-only for a WRITE. Null: none is free, or the bytes cannot be had (the bio fails then): answer
    /// [MapResult#PARK].
    @Nullable
    MemorySegment bounce(Bio bio);

    /// Fills the bytes of a READ with zeros; where that fails the bio has the status.
    void zero(Bio bio);

    /// A bio of the target's own; only while one of the target's methods runs on this thread. `completion` is told when
    /// it is done, after which the bio goes back to its pool.
    /// `data` is copied.
    /// Null: none is free. In map answer [MapResult#PARK]; elsewhere [Target#work(Domain, QueueContext)] is
    /// called on this thread when one is.
    @Nullable
    Bio newBio(LowerDevice dev, ReqOp op, int flags, long sector, int sectors, Data data, Completion completion);

    /// Sends a remapped or own bio to its device. Never re-enters map or endIo.
    void submit(Bio bio);

    /// Completes a bio that the target owns (answered SUBMITTED or INCOMPLETE), with its status. Never re-enters map or
    /// endIo.
    void complete(Bio bio);

    /// As [#complete], with what [MapResult#REQUEUE] means.
    void requeue(Bio bio);

    /// Hands the bio to `owner`, on whose thread [Target#work] is called.
    void post(Domain owner, Bio bio);

    /// Sends a remapped bio back to the queue it came from, which submits it.
    void home(Bio bio);

    /// Calls [Target#work] on this thread after `delayNs`, or as soon as the device is being suspended.
    void timer(Bio bio, long delayNs);
}
