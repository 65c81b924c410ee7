package io.dmctl.cli;

import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.queue.IdleStrategy;
import io.dmctl.backend.transport.UblkOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How the Java engine is to show a device, decided at its first load.
///
/// @param given the first of these options that the command line has
record ShownAs(LoadOptions options, Optional<String> given) {
    private static final int MAX_QUEUES = 4096;
    private static final int MAX_DEPTH = 4096;
    private static final int MAX_GROUP = 64;
    private static final List<String> NAMES = List.of(
            "--transport",
            "--queues",
            "--depth",
            "--group",
            "--recovery",
            "--io-mode",
            "--idle",
            "--affinity",
            "--threads",
            "--shmem",
            "--module-path");
    private static final String MODULE_PATH_VARIABLE = "DMCTL_MODULE_PATH";

    static ShownAs of(Arguments args) throws CommandFailure {
        final LoadOptions otherwise = LoadOptions.DEFAULT;
        final String transport =
                args.oneOf("--transport", otherwise.transport(), List.of("auto", "ublk", "nbd", "embedded"));
        final String group = args.value("--group").orElse("");
        if (args.has("--group") && !group.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0," + (MAX_GROUP - 1) + "}")) {
            throw CommandFailure.usage("--group must be 1 to " + MAX_GROUP
                    + " letters, digits, '_', '.', '-', and begin with a letter or digit, was '" + group + "'");
        }
        return new ShownAs(
                new LoadOptions(
                        transport,
                        args.number("--queues", 1, MAX_QUEUES, otherwise.queues()),
                        args.number("--depth", 1, MAX_DEPTH, otherwise.depth()),
                        group,
                        args.oneOf("--recovery", otherwise.recovery(), List.of("none", "fail", "queue", "reissue")),
                        args.oneOf(
                                "--io-mode",
                                otherwise.ioMode(),
                                List.of("auto", "copy", "get-data", "user-copy", "zero-copy")),
                        modulePath(args),
                        idle(args, otherwise.idle()),
                        args.oneOf("--affinity", otherwise.affinity(), List.of("queue", "none")),
                        args.number("--threads", 1, UblkOptions.MAX_THREADS, otherwise.threads()),
                        shmem(args)),
                NAMES.stream().filter(args::has).findFirst());
    }

    /// Absolute, as the server has another current folder.
    private static String shmem(Arguments args) {
        return args.value("--shmem")
                .map(file -> Path.of(file).toAbsolutePath().normalize().toString())
                .orElse("");
    }

    private static String idle(Arguments args, String otherwise) throws CommandFailure {
        try {
            return IdleStrategy.of(args.value("--idle").orElse(otherwise)).word();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--" + e.getMessage());
        }
    }

    /// What `--module-path` or the environment says; absolute, as the server has another current folder.
    static String modulePath(Arguments args) throws CommandFailure {
        final String given = args.value("--module-path").orElse(System.getenv().getOrDefault(MODULE_PATH_VARIABLE, ""));
        if (given.isEmpty()) {
            return "";
        }
        final List<String> places = new ArrayList<>();
        for (String place : given.split(File.pathSeparator, -1)) {
            if (place.isEmpty() || !Files.exists(Path.of(place))) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        (args.has("--module-path") ? "--module-path" : MODULE_PATH_VARIABLE) + ": '" + place
                                + "': no such file or folder");
            }
            places.add(Path.of(place).toAbsolutePath().normalize().toString());
        }
        return String.join(File.pathSeparator, places);
    }

    void refuseOnKernel() throws CommandFailure {
        if (given.isPresent()) {
            throw CommandFailure.usage(
                    given.get() + " is for the Java engine: the kernel's devices have no such option");
        }
    }
}
