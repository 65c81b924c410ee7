package io.dmctl.cli.compat;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.dmctl.bindings.control.DmAttachments;
import io.dmctl.bindings.control.DmCodec;
import io.dmctl.bindings.control.DmOutcome;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmTransport;
import io.dmctl.bindings.control.RawText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// libdm's line about each ioctl, in the form of its `_do_dm_ioctl`: stands between commands and the kernel, as a
/// command whose reply does not fit is more than one ioctl.
///
/// The size in a line is that of libdm's buffer, which begins with 16 KiB and, once it was too small, is twice as
/// large for all that follows.
final class Debug implements DmTransport {
    private static final long LEAST_BYTES = 16 << 10;
    /// C: `sizeof(struct dm_ioctl)`, and where its `data_size` is.
    private static final long HEADER_BYTES = 312;

    private static final int DATA_SIZE = 12;
    /// C: `sizeof(struct dm_target_spec)`, and libdm's room behind each of them.
    private static final long TARGET_BYTES = 40;

    private static final int ALIGNMENT = 8;

    private final Shell shell;
    private final Switches switches;
    private final Kernel kernel;
    private final DmTransport transport;
    private String line = "";
    private String message = "";
    private boolean isMessage;
    private long leastBytes;
    private int doubled;
    /// libdm makes an ioctl now.
    private boolean tells = true;

    Debug(Shell shell, Switches switches, Kernel kernel, DmTransport transport) {
        this.shell = shell;
        this.switches = switches;
        this.kernel = kernel;
        this.transport = transport;
    }

    /// What is done next. `about`: null for what is about no device; `task`: null for one that cannot be sent; `to`:
    /// its new name then.
    void command(String op, @Nullable Device about, @Nullable DmTask<?> task, String to) {
        final Device device = about == null ? Device.named("") : about;
        final DmTask<?> inner = task instanceof DmTask.WithCookie<?> cookie ? cookie.task() : task;
        tells = true;
        isMessage = inner instanceof DmTask.TargetMessage;
        message = " ";
        leastBytes = LEAST_BYTES;
        String newName = to.isEmpty() ? "" : " " + RawText.display(to);
        switch (inner) {
            case DmTask.DevRename rename -> newName = " " + rename.newName();
            case DmTask.DevSetUuid set -> newName = " " + set.newUuid();
            case DmTask.TargetMessage sent -> {
                // cryptsetup's, which has a key.
                final boolean secret = sent.message().regionMatches(true, 0, "key set", 0, 7);
                message = (sent.sector() == 0 ? "" : Long.toUnsignedString(sent.sector())) + " "
                        + (secret ? "key set" : sent.message());
                leastBytes = Math.max(leastBytes, HEADER_BYTES + ALIGNMENT + bytes(sent.message()) + 1);
            }
            case DmTask.TableLoad load ->
                leastBytes = Math.max(
                        leastBytes,
                        HEADER_BYTES
                                + load.table().lines().stream()
                                        .mapToLong(Debug::targetBytes)
                                        .sum());
            case null, default -> {}
        }
        // What has a number is not sent with its name as well.
        final boolean byNumber =
                device.major() >= 0 && device.minor() >= 0 && (op.equals("resume") || op.equals("reload"));
        line = "dm " + op + " " + (op.equals("rename") && has(Opt.SETUUID) ? "UUID " : "")
                + (byNumber ? "" : RawText.display(device.name())) + " " + RawText.display(device.uuid()) + newName
                + " " + number(device) + "[ " + flags(op) + "] ";
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static long targetBytes(DmTableLine line) {
        return TARGET_BYTES + bytes(line.params()) + 1 + ALIGNMENT;
    }

    private static String number(Device device) {
        return device.major() <= 0
                ? ""
                : "(" + device.major() + ":" + (device.minor() < 0 ? "" : Integer.toString(device.minor())) + ") ";
    }

    private boolean has(Opt opt) {
        return switches.has(opt);
    }

    /// What of the user's options libdm has for a command.
    private String flags(String op) {
        final boolean about = switch (op) {
            case "version", "target-version", "mknodes" -> false;
            default -> !kernel.own();
        };
        final boolean lists = op.equals("names") || op.equals("versions");
        final boolean makes = kernel.verb == Verb.CREATE;
        final boolean simple = !makes
                && switch (op) {
                    case "suspend", "resume", "clear", "remove", "remove_all", "waitevent" -> true;
                    default -> false;
                };
        final boolean isStatus = about && (op.equals("status") || op.equals("table"));
        final boolean mangles = kernel.verb == Verb.MANGLE;
        final StringBuilder flags = new StringBuilder();
        final boolean stats = kernel.verb == Verb.STATS;
        final boolean noOpenCount = about && !lists && !mangles && !stats && has(Opt.NOOPENCOUNT);
        final boolean always = op.equals("mknodes") || (stats && op.equals("table"));
        flags.append(always || noOpenCount ? "noopencount " : "opencount ");
        final boolean noFlush = simple || (isStatus && !mangles && !stats && !wipes());
        flags.append(noFlush && has(Opt.NOFLUSH) ? "noflush " : "flush ");
        append(flags, "readonly ", op.equals("reload") || (makes && about), Opt.READONLY);
        append(flags, "skiplockfs ", simple, Opt.NOLOCKFS);
        append(flags, "retryremove ", simple && op.equals("remove"), Opt.RETRY);
        append(flags, "deferredremove ", simple && op.startsWith("remove"), Opt.DEFERRED);
        flags.append(kernel.verb == Verb.MEASURE && op.equals("status") ? "ima_measurement " : "");
        append(flags, "inactive ", about && !lists && !mangles && !stats, Opt.INACTIVE);
        if (mangles && op.equals("status")) {
            flags.append(has(Opt.CHECKS) ? "" : "enablechecks ");
        } else {
            append(flags, "enablechecks ", about && !op.equals("suspend"), Opt.CHECKS);
        }
        return flags.toString();
    }

    private boolean wipes() {
        return switch (kernel.verb) {
            case WIPE_TABLE, REMOVE, REMOVE_ALL -> true;
            default -> false;
        };
    }

    private void append(StringBuilder flags, String word, boolean applies, Opt opt) {
        if (applies && has(opt)) {
            flags.append(word);
        }
    }

    private long bufferBytes() {
        return leastBytes << doubled;
    }

    /// The line, where no ioctl follows.
    void told() {
        shell.debug("%s%s [%s] (*%s)", line, message, bufferBytes(), kernel.tries);
    }

    /// How long it took, where dmsetup asks; where more follows before it does, that asks.
    void ended(String op) {
        final boolean asked = switch (op) {
            case "version", "mknodes", "names", "create", "remove", "resume", "rename" -> false;
            default -> !kernel.own();
        };
        if (asked) {
            shell.debugTime();
        }
    }

    @Override
    public String call() {
        return transport.call();
    }

    @Override
    public DmOutcome run(int command, MemorySegment buffer, long inputBytes, DmAttachments attachments)
            throws IOException {
        if (tells) {
            told();
        }
        tells = false;
        final DmOutcome outcome = transport.run(command, buffer, inputBytes, attachments);
        if (outcome.errno() == 0) {
            // A smaller buffer than libdm's was ours alone.
            final boolean isFull = DmCodec.bufferFull(buffer);
            if (isFull && buffer.byteSize() >= bufferBytes()) {
                doubled++;
                tells = true;
            }
            // Our buffer for the answer of a message is larger than libdm's, which asks again.
            while (isMessage && !isFull && Integer.toUnsignedLong(buffer.get(JAVA_INT, DATA_SIZE)) > bufferBytes()) {
                doubled++;
                told();
            }
        }
        return outcome;
    }

    @Override
    public void close() {
        transport.close();
    }
}
