package io.dmctl.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// `new-target`: a Maven project for a target of one's own.
final class NewTargetCommand implements Command {
    @Override
    public Usage usage() {
        return new Usage(CommandName.NEW_TARGET)
                .example("new-target hello_target", "in the folder hello_target")
                .example("new-target xor --dir /src/xor-target", "in this one")
                .words("NAME", 1, 1)
                .argument("NAME", "the target, as tables will name it: 1 to 15 of a-z 0-9 _ -, a letter first")
                .option("FOLDER", "where to; a new or an empty folder (NAME)", "--dir");
    }

    @Override
    public void run(Arguments args, Session session) throws CommandFailure, IOException {
        final String name = args.words().getFirst();
        if (!name.matches("[a-z][a-z0-9_-]{0,14}")) {
            throw CommandFailure.usage(
                    "NAME must be 1 to 15 of a-z, 0-9, '_', '-', and begin with a letter, was '" + name + "'");
        }
        final Path folder = Path.of(args.value("--dir").orElse(name));
        requireEmpty(folder);
        final TargetSkeleton skeleton = new TargetSkeleton(name, Main.version());
        final PrintStream out = session.streams().out();
        for (Path file : skeleton.write(folder)) {
            out.println(file);
        }
        out.println();
        if (!hasArtifacts()) {
            out.println("It needs dmctl's artifacts " + Main.version()
                    + " in the local Maven repository. In a checkout of dmctl:");
            out.println();
            out.println("    ./mvnw -pl targets,targets/testkit -am -DskipTests install");
            out.println();
        }
        out.println("Build it, then use it:");
        out.println();
        // Maven's own Java may be an older one.
        out.println("    cd " + folder + " && JAVA_HOME=" + System.getProperty("java.home") + " mvn package");
        out.println("    dmctl create d0 --module-path target/" + name + ".jar --table \"0 131072 " + name
                + " disk.img 0\"");
    }

    private static void requireEmpty(Path folder) throws CommandFailure, IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isEmpty()) {
                    return;
                }
            }
        }
        throw new CommandFailure(ExitCode.BUSY, folder + ": is there already, and no empty folder");
    }

    /// Where Maven keeps what `install` put there; another place than the usual one is not looked for.
    private static boolean hasArtifacts() {
        return Files.isDirectory(Path.of(
                System.getProperty("user.home"),
                ".m2",
                "repository",
                "io",
                "dmctl",
                "dmctl-targets-testkit",
                Main.version()));
    }
}
