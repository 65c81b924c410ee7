package io.dmctl.backend.state;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.queue.IdleStrategy;
import io.dmctl.backend.transport.IoMode;
import io.dmctl.backend.transport.UblkOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.control.DmUuid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A device as a file: `NAME.table`, a table as dmsetup reads it, with lines `#: KEY VALUE` before it, which
/// dmsetup takes for comments.
///
/// Keys: `engine` (kernel, java; the kernel when it is not said), `uuid`, `read-only` (yes, no), and how the
/// Java engine shows the device: `transport queues depth group recovery io-mode module-path idle affinity threads
/// shmem`.
final class TableFile {
    static final String SUFFIX = ".table";

    private static final String MARK = "#:";
    private static final Set<String> SHOWN = Set.of(
            "transport",
            "queues",
            "depth",
            "group",
            "recovery",
            "io-mode",
            "module-path",
            "idle",
            "affinity",
            "threads",
            "shmem");
    private static final int MAX_QUEUES = 4096;

    private final String where;
    private final Map<String, String> values = new HashMap<>();
    private int line;

    private TableFile(String where) {
        this.where = where;
    }

    static String fileName(DmName name) {
        return name.nodeName() + SUFFIX;
    }

    // ---- writing ----

    /// @throws StateException when the text would not be read as the same device
    static String format(DeviceSpec spec) throws StateException {
        final StringBuilder out = new StringBuilder();
        line(out, "engine", spec.engine().word());
        spec.uuid().ifPresent(uuid -> line(out, "uuid", uuid.toString()));
        if (spec.readonly()) {
            line(out, "read-only", "yes");
        }
        if (spec.engine() == Engine.JAVA) {
            final LoadOptions how = spec.shownAs();
            line(out, "transport", how.transport());
            number(out, "queues", how.queues());
            number(out, "depth", how.depth());
            text(out, "group", how.group());
            line(out, "recovery", how.recovery());
            text(out, "io-mode", how.ioMode().equals(IoMode.AUTO) ? "" : how.ioMode());
            text(out, "module-path", how.modulePath());
            text(out, "idle", how.idle().equals(LoadOptions.DEFAULT.idle()) ? "" : how.idle());
            text(out, "affinity", how.affinity().equals(LoadOptions.DEFAULT.affinity()) ? "" : how.affinity());
            number(out, "threads", how.threads());
            text(out, "shmem", how.shmem());
        }
        out.append(spec.table());
        if (!parse(spec.name().toString(), fileName(spec.name()), out.toString())
                .equals(spec)) {
            throw new StateException(
                    spec.name().toString(), "its name, uuid or table has characters that a file cannot have");
        }
        return out.toString();
    }

    private static void number(StringBuilder out, String key, int value) {
        text(out, key, value == 0 ? "" : Integer.toString(value));
    }

    private static void text(StringBuilder out, String key, String value) {
        if (!value.isEmpty()) {
            line(out, key, value);
        }
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(MARK).append(' ').append(key).append(' ').append(value).append('\n');
    }

    // ---- reading ----

    /// `where` stands before what is wrong; `fileName` gives the name.
    static DeviceSpec parse(String where, String fileName, String text) throws StateException {
        if (!fileName.endsWith(SUFFIX)) {
            throw new StateException(where, "a file of a device is called NAME" + SUFFIX);
        }
        final TableFile file = new TableFile(where);
        file.readHead(text);
        return file.spec(fileName.substring(0, fileName.length() - SUFFIX.length()), text);
    }

    private void readHead(String text) throws StateException {
        for (String each : text.lines().toList()) {
            line++;
            if (each.startsWith(MARK)) {
                final String[] words = each.substring(MARK.length()).strip().split("\\s+", 2);
                if (!SHOWN.contains(words[0])
                        && !List.of("engine", "uuid", "read-only").contains(words[0])) {
                    throw wrong("unknown word '" + words[0] + "' behind " + MARK);
                }
                if (words.length < 2) {
                    throw wrong(words[0] + " needs a value");
                }
                if (values.put(words[0], words[1]) != null) {
                    throw wrong(words[0] + " is given twice");
                }
                check(words[0], words[1]);
            }
        }
    }

    private void check(String key, String value) throws StateException {
        switch (key) {
            case "engine" -> oneOf(key, value, "kernel", "java");
            case "read-only" -> oneOf(key, value, "yes", "no");
            case "transport" -> oneOf(key, value, "auto", "ublk", "nbd", "embedded");
            case "recovery" -> oneOf(key, value, "none", "fail", "queue", "reissue");
            case "io-mode" -> oneOf(key, value, "auto", "copy", "get-data", "user-copy", "zero-copy");
            case "affinity" -> oneOf(key, value, "queue", "none");
            case "idle" -> {
                try {
                    IdleStrategy.of(value);
                } catch (IllegalArgumentException e) {
                    throw wrong(String.valueOf(e.getMessage()));
                }
            }
            case "queues", "depth" -> inRange(key, value, MAX_QUEUES);
            case "threads" -> inRange(key, value, UblkOptions.MAX_THREADS);
            case "uuid" -> uuid(value);
            default -> {}
        }
    }

    private void inRange(String key, String value, int max) throws StateException {
        if (!value.matches("[0-9]{1,4}") || number(value) < 1 || number(value) > max) {
            throw wrong(key + " must be a number in 1.." + max + ", was '" + value + "'");
        }
    }

    private void oneOf(String key, String value, String... allowed) throws StateException {
        if (!List.of(allowed).contains(value)) {
            throw wrong(key + " must be one of " + String.join(", ", allowed) + ", was '" + value + "'");
        }
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    private DmUuid uuid(String text) throws StateException {
        try {
            return DmUuid.of(text);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private DeviceSpec spec(String name, String text) throws StateException {
        final boolean java = value("engine").equals("java");
        for (String key : SHOWN) {
            if (!java && values.containsKey(key)) {
                throw new StateException(where, key + " is for the Java engine: the kernel's devices have no such");
            }
        }
        final Optional<DmUuid> uuid = values.containsKey("uuid") ? Optional.of(uuid(value("uuid"))) : Optional.empty();
        try {
            return new DeviceSpec(
                    DmName.of(name),
                    uuid,
                    java ? Engine.JAVA : Engine.KERNEL,
                    value("read-only").equals("yes"),
                    shownAs(),
                    DmTable.parse(text));
        } catch (IllegalArgumentException | DmTableSyntaxException e) {
            throw new StateException(where, String.valueOf(e.getMessage()));
        }
    }

    private LoadOptions shownAs() {
        final LoadOptions otherwise = LoadOptions.DEFAULT;
        return new LoadOptions(
                values.getOrDefault("transport", otherwise.transport()),
                values.containsKey("queues") ? number(value("queues")) : otherwise.queues(),
                values.containsKey("depth") ? number(value("depth")) : otherwise.depth(),
                value("group"),
                values.getOrDefault("recovery", otherwise.recovery()),
                values.getOrDefault("io-mode", otherwise.ioMode()),
                value("module-path"),
                values.getOrDefault("idle", otherwise.idle()),
                values.getOrDefault("affinity", otherwise.affinity()),
                values.containsKey("threads") ? number(value("threads")) : otherwise.threads(),
                value("shmem"));
    }

    private String value(String key) {
        return values.getOrDefault(key, "");
    }

    private StateException wrong(String reason) {
        return new StateException(where + ": line " + line, reason);
    }
}
