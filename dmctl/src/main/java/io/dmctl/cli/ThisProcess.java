package io.dmctl.cli;

import io.dmctl.bindings.sys.ProcessControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process may do, as /proc tells it.
///
/// @param memlock how much memory it may lock, in the kernel's words
record ThisProcess(int uid, boolean sysAdmin, String memlock) {
    private static final String LIMIT = "Max locked memory";

    static ThisProcess read() throws IOException {
        int uid = -1;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            final String[] words = line.split("\\s+", -1);
            if (words[0].equals("Uid:")) { // real, effective, saved and file system user
                uid = Integer.parseInt(words[2]);
            }
        }
        return new ThisProcess(uid, ProcessControl.isSysAdmin(), limit());
    }

    private static String limit() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith(LIMIT)) {
                final String soft = line.substring(LIMIT.length()).strip().split("\\s+", -1)[0];
                return soft.equals("unlimited") ? soft : soft + " bytes may be locked";
            }
        }
        return "not known";
    }

    boolean root() {
        return uid == 0;
    }

    boolean memlockUnlimited() {
        return memlock.equals("unlimited");
    }
}
