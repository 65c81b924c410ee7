package io.dmctl.backend.server;

import io.dmctl.backend.client.DeviceState;
import io.dmctl.backend.client.Lending;
import io.dmctl.backend.client.Registry;
import io.dmctl.backend.client.StateFile;
import io.dmctl.backend.lower.Claims;
import io.dmctl.backend.queue.Liveness;
import io.dmctl.backend.queue.QueueAgent;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmNodes;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmReplyWriter;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.control.ServerChannel;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.FileLocks;
import io.dmctl.bindings.sys.MonotonicClock;
import io.dmctl.bindings.sys.OpenFlags;
import io.dmctl.bindings.sys.ProcessControl;
import io.dmctl.bindings.sys.UnixServerSocket;
import io.dmctl.bindings.sys.UnixSocket;
import io.dmctl.targets.core.IoGroup;
import io.dmctl.targets.core.TableException;
import io.dmctl.targets.core.TargetRegistry;
import io.dmctl.targets.core.ThreadScheduler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that serves one group of devices. Started by the client at a first load with the registry's and its
/// group's folders; says
/// `ready` on standard output when its socket answers, and closes its standard streams then. Ends when it serves no
/// device any more.
///
/// SIGTERM and SIGINT remove every device that is not open; while one is, the process stays and its log says which. A
/// queue that dies of
/// an exception ends the process, so that the kernel sees its device without a server.
public final class DeviceServer {
    private static final Logger log = LoggerFactory.getLogger(DeviceServer.class);
    /// Exit code after an exception in a queue.
    private static final int QUEUE_DIED = 70;

    private static final int ACCEPT_POLL_MS = 1000;
    private static final long FIRST_LOAD_NS = 30_000_000_000L;
    private static final int LOCK_TRIES = 100;
    private static final long LOCK_PAUSE_NS = 10_000_000L;

    private final Path groupDir;
    private final DmServer server;
    private final IoGroup group;
    private final UnixServerSocket socket;
    private volatile boolean ending;
    /// Commands that are not answered yet. Guarded by this.
    private int unanswered;
    /// Did the load come for which the process was started? Guarded by this.
    private boolean loadAnswered;

    private DeviceServer(Path groupDir, DmServer server, IoGroup group, UnixServerSocket socket) {
        this.groupDir = groupDir;
        this.server = server;
        this.group = group;
        this.socket = socket;
    }

    /// Arguments: the registry's folder, the group's name.
    public static void main(String[] args) throws IOException {
        final Registry registry = Registry.at(Path.of(args[0]));
        final Path groupDir = registry.groupDir(args[1]);
        final Fd alive = Fd.open(groupDir.resolve("lock").toString(), OpenFlags.RDWR | OpenFlags.CREAT);
        if (!lockForLife(alive)) {
            throw new IOException("group " + args[1] + " has a server already");
        }
        Liveness.hold(alive);
        becomeServer();
        final List<DeviceState> left = StateFile.read(groupDir);
        final long lastTable = KeptMemory.sweep(groupDir, left);
        final IoGroup[] made = new IoGroup[1];
        final IoGroup group = new IoGroup(new ThreadScheduler(), index -> worker(made, index));
        made[0] = group;
        final Claims claims = new Claims(new Lending(registry, args[1])::borrow);
        final Showing showing = new Showing(groupDir, DmNodes.system());
        final DmServer server =
                new DmServer(group, TargetRegistry.load(), claims, showing, registry, groupDir, lastTable);
        final DeviceServer main = new DeviceServer(
                groupDir,
                server,
                group,
                UnixServerSocket.bind(groupDir.resolve("s").toString()));
        Signals.handle("TERM", main::removeAll);
        Signals.handle("INT", main::removeAll);
        System.out.println("ready");
        System.out.close(); // the JDK leads descriptors 0 to 2 to /dev/null then
        System.in.close();
        main.serve();
        main.end(!server.hasServed() && !left.isEmpty());
    }

    /// A client that looks whether the server lives has the lock for a moment, too.
    private static boolean lockForLife(Fd alive) throws ErrnoException {
        for (int tries = 0; tries < LOCK_TRIES; tries++) {
            if (FileLocks.tryFlock(alive.number())) {
                return true;
            }
            LockSupport.parkNanos(LOCK_PAUSE_NS);
        }
        return false;
    }

    private static QueueAgent worker(IoGroup[] group, int index) {
        try {
            return QueueAgent.worker(group[0], index);
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What the process can do for itself (decision 13); what it may not is told, once.
    private static void becomeServer() {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            try {
                log.error("{}: died, the process ends", thread.getName(), e);
            } finally { // also when there is no memory for the line
                Runtime.getRuntime().halt(QUEUE_DIED);
            }
        });
        attempt("setsid", ProcessControl::setsid);
        attempt("no core dumps", () -> {
            ProcessControl.disableCoreDumps();
            return 0;
        });
        attempt("mlockall", () -> {
            ProcessControl.lockMemoryOnFault();
            return 0;
        });
        try {
            if (!ProcessControl.isIoFlusher()) {
                log.info("not an I/O flusher (needs CAP_SYS_RESOURCE): memory reclaim may wait for this server");
            }
        } catch (ErrnoException e) {
            log.info("I/O flusher state unknown: {}", e.getMessage());
        }
        log.info("clock of the I/O threads: {}", MonotonicClock.describe());
    }

    @FunctionalInterface
    private interface Step {
        int run() throws ErrnoException;
    }

    private static void attempt(String what, Step step) {
        try {
            step.run();
        } catch (ErrnoException e) {
            log.info("{}: not done: {}", what, e.getMessage());
        }
    }

    // ---- connections ----

    private void serve() throws IOException {
        final long startNs = System.nanoTime();
        try {
            while (!ending) {
                final UnixSocket client = socket.accept(ACCEPT_POLL_MS);
                server.waits().endThoseOfTheGone();
                if (client == null && System.nanoTime() - startNs > FIRST_LOAD_NS) {
                    endIfEmpty(); // the client that started this server has died before its load
                }
                if (client != null) {
                    Thread.ofPlatform().daemon().name("control").start(() -> serve(client));
                }
            }
        } catch (ErrnoException e) {
            if (!ending) { // else the end closed the socket
                throw e;
            }
        }
    }

    private void serve(UnixSocket client) {
        try (ServerChannel channel = new ServerChannel(client)) {
            Frame frame;
            while ((frame = channel.receive()) != null) {
                try (Frame request = frame) {
                    begun();
                    try {
                        answer(channel, request);
                    } finally {
                        answered(request);
                    }
                }
            }
        } catch (IOException e) {
            log.info("control connection ended: {}", e.getMessage());
        }
    }

    private void answer(ServerChannel channel, Frame request) throws IOException {
        try {
            if (request.command() >= Frame.FIRST_OWN) {
                own(channel, request);
                return;
            }
            final DmReplyWriter reply = server.answer(request, () -> hasGone(channel));
            channel.reply(request, reply);
        } catch (DmProtocolException e) {
            channel.fail(request, DmOutcome.of(e));
        } catch (TableException e) {
            channel.fail(request, DmServer.outcome(e));
        } catch (ErrnoException e) {
            channel.fail(request, DmOutcome.failed(e.errno(), e.getMessage()));
        } catch (OutOfMemoryError e) {
            // The data plane has its memory: a command that finds none must not end it.
            channel.fail(request, DmOutcome.failed(Errno.ENOMEM, "the server's heap has no room for this command"));
        } catch (IOException e) {
            log.warn("command {}: {}", request.command(), e.getMessage());
            channel.fail(request, DmOutcome.failed(Errno.EIO, String.valueOf(e.getMessage())));
        }
    }

    private boolean hasGone(ServerChannel channel) {
        try {
            return channel.awaitHangup(0);
        } catch (ErrnoException e) {
            return true;
        }
    }

    private void own(ServerChannel channel, Frame request) throws IOException {
        switch (request.command()) {
            case ServerProtocol.BORROW -> {
                final String key = bodyText(request);
                final Optional<Fd> lent = server.lend(key);
                if (lent.isEmpty()) {
                    channel.fail(request, DmOutcome.failed(Errno.ENODEV));
                    return;
                }
                try (Fd fd = lent.get()) {
                    channel.reply(request, DmOutcome.OK, MemorySegment.NULL, List.of(new DeviceDescriptor(key, fd)));
                }
            }
            case ServerProtocol.COUNTS -> {
                final Optional<String> counts = server.counts(bodyText(request));
                if (counts.isEmpty()) {
                    channel.fail(request, DmOutcome.failed(Errno.ENXIO));
                    return;
                }
                try (Arena arena = Arena.ofConfined()) {
                    final byte[] text = counts.get().getBytes(StandardCharsets.UTF_8);
                    final MemorySegment body = arena.allocate(Math.max(1, text.length));
                    MemorySegment.copy(MemorySegment.ofArray(text), 0, body, 0, text.length);
                    channel.reply(request, DmOutcome.OK, body.asSlice(0, text.length), List.of());
                }
            }
            case ServerProtocol.HAND_OVER -> handOver(channel, request);
            case ServerProtocol.END_IF_EMPTY -> channel.reply(request, DmOutcome.OK, MemorySegment.NULL, List.of());
            default -> channel.fail(request, DmOutcome.failed(Errno.ENOTTY));
        }
    }

    private void handOver(ServerChannel channel, Frame request) throws IOException {
        try {
            server.handOver();
        } catch (DmProtocolException e) {
            channel.fail(request, DmOutcome.of(e));
            return;
        } catch (ErrnoException e) {
            // Half handed over: the next server takes what is here as after a death.
            log.error("hand-over: {}", e.getMessage());
        }
        channel.reply(request, DmOutcome.OK, MemorySegment.NULL, List.of());
        Runtime.getRuntime().halt(0); // the folder stays for the next server
    }

    private static String bodyText(Frame request) {
        return new String(
                request.body().asSlice(0, request.bodyBytes()).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    // ---- the end ----

    private synchronized void begun() {
        unanswered++;
    }

    /// The process ends after a command's answer, when nothing is served and no other one waits for its own: one that
    /// removes the last device does so a while before it answers.
    private synchronized void answered(Frame request) {
        unanswered--;
        loadAnswered |= request.command() == DmCommand.TABLE_LOAD.nr();
        if (loadAnswered || request.command() == ServerProtocol.END_IF_EMPTY) {
            endIfEmpty();
        }
    }

    private synchronized void endIfEmpty() {
        if (unanswered == 0 && server.isEmpty()) {
            ending = true;
            socket.close();
        }
    }

    private void removeAll(String signal) {
        log.info("SIG{}: removing all devices", signal);
        final List<String> open = server.removeAll();
        for (String device : open) {
            log.warn("SIG{}: not ended: {}", signal, device);
        }
        endIfEmpty();
    }

    /// `devicesWait`: those that a dead server left could not be taken over, and what is known of them
    /// stays for the next try.
    private void end(boolean devicesWait) {
        server.close();
        group.scheduler().signal();
        if (devicesWait) {
            Runtime.getRuntime().halt(0);
        }
        for (String name : new String[] {"s", "lock", "log", "state", "recovery"}) {
            try {
                Files.deleteIfExists(groupDir.resolve(name));
            } catch (IOException e) {
                log.warn("{}: {}", groupDir, e.getMessage());
            }
        }
        try {
            Files.deleteIfExists(groupDir);
        } catch (IOException e) {
            log.warn("{}: {}", groupDir, e.getMessage());
        }
        Runtime.getRuntime().halt(0); // control threads that wait for a client end with the process
    }
}
