package io.dmctl.cli;

import io.dmctl.backend.client.Engine;
import io.dmctl.bindings.control.DmControl;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.control.DmVersion;
import io.dmctl.bindings.sys.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which engine a new device gets, and why: the kernel, unless it cannot run the table.
record EngineChoice(Engine engine, String why) {
    private static final String FOLDER = "/dev/mapper/";
    private static final DmVersion GET_TARGET_VERSION = new DmVersion(4, 41, 0);

    static EngineChoice choose(Arguments args, ShownAs shownAs, DmTable table, Session session)
            throws CommandFailure, DmException, IOException {
        return switch (args.oneOf("--engine", "auto", List.of("auto", "kernel", "java"))) {
            case "kernel" -> new EngineChoice(Engine.KERNEL, "asked for");
            case "java" -> new EngineChoice(Engine.JAVA, "asked for");
            default -> choose(args.has("--minor"), shownAs, table, session);
        };
    }

    private static EngineChoice choose(boolean minor, ShownAs shownAs, DmTable table, Session session)
            throws CommandFailure, DmException, IOException {
        if (shownAs.given().isPresent()) {
            return new EngineChoice(Engine.JAVA, shownAs.given().get() + " is an option of this engine");
        }
        if (minor) {
            return new EngineChoice(Engine.KERNEL, "only its devices can be given a minor number");
        }
        if (!session.kernel().available()) {
            return new EngineChoice(
                    Engine.JAVA,
                    "the kernel's device-mapper cannot be used: "
                            + session.kernel().reason());
        }
        final String why = session.isTaped()
                ? session.look("why-java", () -> {
                    try {
                        return byWords(table, session);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                : byWords(table, session);
        return why.isEmpty() ? byTargets(table, session) : new EngineChoice(Engine.JAVA, why);
    }

    /// Why the table's words need the Java engine; empty when they do not.
    private static String byWords(DmTable table, Session session) throws IOException {
        for (DmTableLine line : table.lines()) {
            for (String word : line.params().split("\\s+", -1)) {
                if (isFile(word)) {
                    return word + " is a file, which the kernel does not take";
                }
                if (isOurs(word, session)) {
                    return word + " is a device of this engine";
                }
            }
        }
        return "";
    }

    private static EngineChoice byTargets(DmTable table, Session session)
            throws CommandFailure, DmException, IOException {
        final Set<String> types = new HashSet<>();
        table.lines().forEach(line -> types.add(line.type()));
        final DmControl kernel = session.control(Engine.KERNEL);
        for (String type : types) {
            if (!knows(kernel, type)) {
                return new EngineChoice(Engine.JAVA, "the kernel has no target " + type);
            }
        }
        return new EngineChoice(Engine.KERNEL, "it can run this table");
    }

    /// Whether the kernel has the target type, or can load it.
    static boolean knows(DmControl kernel, String type) throws DmException {
        if (kernel.version().compareTo(GET_TARGET_VERSION) < 0) {
            // Older ones load a target only when a table names it.
            return true;
        }
        try {
            return kernel.run(new DmTask.GetTargetVersion(type)).name().equals(type);
        } catch (DmException e) {
            if (e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isFile(String word) {
        try {
            return word.indexOf('/') >= 0 && Files.isRegularFile(Path.of(word));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean isOurs(String word, Session session) throws IOException {
        if (!word.startsWith(FOLDER)) {
            return false;
        }
        try {
            return session.engines()
                    .registry()
                    .find(DmId.of(DmName.mangle(word.substring(FOLDER.length()))))
                    .isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
