package io.dmctl.backend.server;

import io.dmctl.bindings.control.Frame;

/// What goes over a group's socket besides device-mapper's own commands.
public final class ServerProtocol {
    /// Asks for a second descriptor of a claimed device; the body is the claim's key in UTF-8, the reply carries the
    /// descriptor or ENODEV.
    public static final int BORROW = Frame.FIRST_OWN;

    /// Asks the server to end when it serves no device.
    public static final int END_IF_EMPTY = Frame.FIRST_OWN + 2;

    /// Asks what the targets of a device have done; the body is the device's name, the reply a line a target: start,
    /// length, type, then bios and
    /// sectors read and written, and its provider, if any.
    public static final int COUNTS = Frame.FIRST_OWN + 1;

    /// Asks the server to hand its devices over and to end: after the reply no request of theirs is in it, and it
    /// answers nothing any more. EOPNOTSUPP or EBUSY with the reason when it cannot; nothing has changed then.
    public static final int HAND_OVER = Frame.FIRST_OWN + 3;

    /// Options of TABLE_LOAD, as `KEY=VALUE`: identity and way of showing of a device that the server does not know
    /// yet.
    public static final String NAME = "name";

    public static final String UUID = "uuid";
    public static final String TRANSPORT = "transport";
    public static final String QUEUES = "queues";
    public static final String DEPTH = "depth";
    /// What becomes of requests when the server dies: a [io.dmctl.backend.transport.RecoveryPolicy].
    public static final String RECOVERY = "recovery";
    /// How the bytes of requests come to the server: auto, or an [io.dmctl.backend.transport.IoMode].
    public static final String IO_MODE = "io-mode";
    /// What the threads of the queues do when they are idle: an [io.dmctl.backend.queue.IdleStrategy].
    public static final String IDLE = "idle";
    /// `queue`: each runs on the CPUs of its queue; `none`: anywhere.
    public static final String AFFINITY = "affinity";
    /// How many threads serve its queues; 0: one a queue.
    public static final String THREADS = "threads";
    /// A file in memory that the device's users map, too.
    public static final String SHMEM = "shmem";
    /// Options of a TABLE_LOAD that takes a dead server's device over: N of /dev/ublkbN (-1 for none), its last
    /// event number, whether it was suspended.
    public static final String ADOPT = "adopt";

    public static final String EVENT_NR = "event-nr";
    public static final String SUSPENDED = "suspended";
    /// With a table of a dead server's: its number in the group.
    public static final String TABLE_NUMBER = "table-number";
    /// Where target types beside the built-in ones are, absolute paths with `:` between them; with every load
    /// that needs them.
    public static final String MODULE_PATH = "module-path";
    /// A word that the client could not open: `ERRNO WORD`.
    public static final String NOT_OPENED = "not-opened";

    private ServerProtocol() {}
}
