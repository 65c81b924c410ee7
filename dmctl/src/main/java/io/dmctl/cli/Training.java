package io.dmctl.cli;

import io.dmctl.bindings.control.UdevCookie;
import io.dmctl.bindings.control.UdevTransport;
import io.dmctl.bindings.sys.Semaphores;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/// What the class archive of `bin/dmctl` is made from: the JVM keeps the classes that this program has loaded. It runs
/// the short commands, on a device of the Java engine where the machine can serve one. With the word `servers` it loads
/// the rest of our classes, too: the archive of the device servers.
///
/// `bin/dmctl-prepare` starts it with a registry of its own (`DMCTL_RUN_DIR`). It prints nothing and always succeeds:
/// what does not work on this machine is only not in the archive.
final class Training {
    private static final String DEVICE = "dmctl_training";
    private static final String[][] COMMANDS = {
        {"--version"},
        {"--help"},
        {"no-such-command"},
        {"ls", "--help"},
        {"ls", "--no-such-option"},
        {"features"},
        {"version"},
        {"targets"},
        {"create", DEVICE, "--engine", "java", "--transport", "nbd", "--table", "0 1024 zero\n1024 1024 error"},
        {"ls"},
        {"ls", "--target", "zero"},
        {"ls", "--json"},
        {"--compat=dmsetup", "ls"},
        {"--compat=dmsetup", "info", "-c"},
        {"table", "--json"},
        {"info", "--json", "no-such-device"},
        {"info"},
        {"info", "-c"},
        {"info", DEVICE},
        {"table"},
        {"table", DEVICE},
        {"status"},
        {"deps"},
        {"suspend", DEVICE},
        {"reload", DEVICE, "--table", "0 2048 zero"},
        {"clear", DEVICE},
        {"resume", DEVICE},
        {"message", DEVICE, "0", "hello"},
        {"wait", "--timeout", "1", DEVICE, "1000"},
        {"rename", DEVICE, DEVICE + "2"},
        {"remove", DEVICE + "2"},
        {"remove", DEVICE},
        {"table", DEVICE},
        {"ls"},
    };

    /// What commands of a kernel's device need, where there is no device-mapper in the kernel to train with.
    @SuppressWarnings("unused") // a constant of a class is enough to have it loaded
    private static final Class<?>[] OF_THE_KERNEL_ENGINE = {UdevTransport.class, UdevCookie.class, Semaphores.class};

    private Training() {}

    public static void main(String[] args) throws IOException {
        for (String[] command : COMMANDS) {
            new Main(silent(), false).run(command);
        }
        if (!List.of(args).contains("servers")) {
            System.exit(0);
        }
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (new File(jar).getName().startsWith("dmctl-")) {
                loadAll(jar);
            }
        }
        System.exit(0);
    }

    private static Streams silent() {
        return new Streams(new ByteArrayInputStream(new byte[0]), sink(), sink());
    }

    private static PrintStream sink() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    private static void loadAll(String path) throws IOException {
        try (JarFile jar = new JarFile(path)) {
            jar.stream().map(JarEntry::getName).filter(Training::isClass).forEach(Training::load);
        }
    }

    /// Of the generated structures a few are used, and those the commands have loaded.
    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.startsWith("META-INF/") && name.matches(".*/[A-Z][^/-]*");
    }

    private static void load(String name) {
        try {
            // Not initialised: the archive keeps classes, not what they did.
            Class.forName(
                    name.substring(0, name.length() - ".class".length()).replace('/', '.'),
                    false,
                    Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // Not in the archive, then.
        }
    }
}
