package io.dmctl.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process may do, as /proc tells it.
///
/// @param memlock how much memory it may lock, in the kernel's words
record ThisProcess(int uid, boolean sysAdmin, String memlock) {
    private static final int CAP_SYS_ADMIN = 21;
    private static final String LIMIT = "Max locked memory";

    static ThisProcess read() throws IOException {
        int uid = -1;
        long capabilities = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            final String[] words = line.split("\\s+", -1);
            switch (words[0]) {
                // Real, effective, saved and file system user.
                case "Uid:" -> uid = Integer.parseInt(words[2]);
                case "CapEff:" -> capabilities = Long.parseUnsignedLong(words[1], 16);
                default -> {}
            }
        }
        return new ThisProcess(uid, (capabilities & (1L << CAP_SYS_ADMIN)) != 0, limit());
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
