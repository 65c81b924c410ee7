package io.dmctl.backend.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How a process of ours is started by another: with its Java, its classes and its class archive.
final class JavaCommand {
    /// The class path that the archive was made for, where this process has another.
    private static final String CLASS_PATH_PROPERTY = "dmctl.archive.class.path";

    private JavaCommand() {}

    /// Runs `main`, a class of this module, with `options` for its JVM.
    static List<String> of(List<String> options, Class<?> main, List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:+DisableAttachMechanism"));
        command.addAll(options);
        final String archive = System.getProperty("dmctl.archive");
        if (archive != null) {
            // Made by bin/dmctl for servers and its own class path, which the process inherits. What the JVM has to say
            // of it must
            // not come before `ready` on standard output.
            command.addAll(List.of("-XX:AOTCache=" + archive, "-Xlog:disable", "-Xlog:all=warning:stderr"));
        }
        final String modules = System.getProperty("jdk.module.path");
        if (modules != null && !modules.isEmpty() && main.getModule().isNamed()) {
            command.addAll(List.of(
                    "--enable-native-access=io.dmctl.bindings",
                    "--module-path",
                    modules,
                    "--add-modules",
                    "org.slf4j.simple",
                    "-m",
                    "io.dmctl.backend/" + main.getName()));
        } else {
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty(CLASS_PATH_PROPERTY, System.getProperty("java.class.path")),
                    main.getName()));
        }
        command.addAll(arguments);
        return command;
    }
}
