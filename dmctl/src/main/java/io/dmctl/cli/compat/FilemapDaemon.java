package io.dmctl.cli.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// dmfilemapd, lvm2's daemon that keeps the regions of a file where the file is.
final class FilemapDaemon {
    private static final String PROGRAM = "dmfilemapd";

    private FilemapDaemon() {}

    static boolean isInstalled(Shell shell) {
        for (String folder : shell.variable("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder).resolve(PROGRAM))) {
                return true;
            }
        }
        return false;
    }

    /// Starts it with the file as its descriptor 3. `foreground`: it ends before this returns.
    ///
    /// @param verbose how often `-v` was given
    /// @throws Failed it could not be started, or ended badly in the foreground
    static void start(Shell shell, String file, long group, String mode, boolean foreground, int verbose)
            throws Failed {
        shell.out().flush();
        try {
            final Process daemon = new ProcessBuilder(
                            "sh",
                            "-c",
                            "exec \"$@\" 3<\"$0\"",
                            file,
                            PROGRAM,
                            "3",
                            Long.toUnsignedString(group),
                            file,
                            mode,
                            foreground ? "1" : "0",
                            Integer.toString(verbose))
                    .inheritIO()
                    .start();
            if (foreground && daemon.waitFor() != 0) {
                throw new Failed();
            }
        } catch (IOException e) {
            throw shell.failed("Failed to fork dmfilemapd process.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed();
        }
    }
}
