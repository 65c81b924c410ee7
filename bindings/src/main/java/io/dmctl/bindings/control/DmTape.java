package io.dmctl.bindings.control;

import java.io.IOException;
import java.util.function.Supplier;

/// Between a program and its engine: writes a record of every command ([DmRecorder]), or answers from one in
/// the engine's place ([DmReplay]).
///
/// A record is a text of UTF-8. Each line ends with a newline; one that begins with `#` is for people only, and
/// says what the line before it means:
///
///     dmctl-record 1                                  the form, and its version
///     seen WHAT VALUE                                 what the program saw of the machine besides: [#look]
///     request CALL INTERFACE COMMAND [FIELD=VALUE]... written before the command runs
///     reply ERRNO NAME INTERFACE [FIELD=VALUE]...     written after it
///     end                                             the record is whole
///
/// CALL is [DmTransport#call], INTERFACE the version in the header, NAME the errno's (`ok` for 0). The fields
/// are those of `struct dm_ioctl` by their names, a field that is 0 or empty left out: `flags` (names with
/// commas between them), `target_count`, `open_count`, `event_nr`, `dev`, `name`, `uuid`; `data_start` when it
/// is not 312 and, in a reply, `data_size` when it is not 305 (`buffer`: as large as the buffer). `payload` is
/// hex: in a request what stands from `data_start` on, in a reply what stands before `data_size`, without zeros
/// at its end. A request that has attachments has their words as `device` and their options as `option`;
/// descriptors are not recorded. A failed command's reply has `reason`, `line` and `argument` of its
/// [DmOutcome]. In a value each byte outside of 0x21..0x7e, and each `%`, is written as `%xx`.
///
/// Keys are not recorded: those of tables and messages ([KeyMask]) are zeros of the same length, in requests
/// and replies. `event_nr` of a request is recorded of [DmCommand#DEV_WAIT] only: elsewhere it carries a cookie
/// of udev's, which is another one each time.
public sealed interface DmTape extends AutoCloseable permits DmRecorder, DmReplay {
    /// Opens the way to an engine.
    interface Opening {
        DmTransport open() throws IOException;
    }

    /// The way to an engine for [DmControl#over], which owns it; a replay does not open the engine. It ends
    /// before this object is closed.
    DmTransport transport(Opening engine) throws IOException;

    /// Whether the engine is not there at all.
    boolean replays();

    /// What `look` sees of the machine besides the engine, named `what`; of a replay what it saw then. Without
    /// it a program that also looks at files is not the same when it is replayed.
    ///
    /// @throws java.io.UncheckedIOException with a [DmTapeException] when the record has something else in this
    /// place
    String look(String what, Supplier<String> look);

    /// Ends it; what comes later is not recorded, or not answered.
    ///
    /// @throws DmTapeException when the record could not be written to its end; when a replay differed from it,
    /// or did not ask for all of it
    @Override
    void close() throws DmTapeException;
}
