package io.dmctl.bindings.control;

import io.dmctl.bindings.libc.Libc;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.File;
import java.util.function.Consumer;

/// Whether a change of a device of the kernel's waits until udev has done with it.
///
/// @param wanted false: udev is told to leave devices alone, and their nodes are the caller's
/// @param timeoutSeconds how long at most
/// @param late told when udev takes longer; the change itself is done, and the caller goes on
public record UdevPolicy(boolean wanted, int timeoutSeconds, Consumer<String> late) {
    /// Rules of udev's that read what is on a device may take long.
    public static final int DEFAULT_TIMEOUT_SECONDS = 30;

    private static final String CONTROL = "/run/udev/control";
    private static final String RULES = "/udev/rules.d/95-dm-notify.rules";
    private static final String[] RULE_FOLDERS = {"/usr/lib", "/lib", "/usr/local/lib", "/etc", "/run"};

    /// Wanted, unless libdm's variable `DM_DISABLE_UDEV` says otherwise.
    public static UdevPolicy ofEnvironment(Consumer<String> late) {
        final String disabled = System.getenv("DM_DISABLE_UDEV");
        return new UdevPolicy(disabled == null || disabled.isEmpty(), DEFAULT_TIMEOUT_SECONDS, late);
    }

    /// Whether udev makes the nodes of the kernel's devices.
    public boolean udevsNodes() {
        return wanted && udevListens() && udevHasRules();
    }

    /// Whether a udev daemon lives. Its socket takes packets, so a stream is refused: by EPROTOTYPE when somebody
    /// listens, by ECONNREFUSED when nobody does; the daemon sees neither. Who may not even ask (EACCES) takes it
    /// that one does.
    public static boolean udevListens() {
        try {
            UnixSocket.connect(CONTROL).close();
            return true;
        } catch (ErrnoException e) {
            return e.errno() == Libc.EPROTOTYPE() || e.errno() == Errno.EACCES;
        }
    }

    /// Whether it knows device-mapper: the rules that make names and tell events done come with dmsetup.
    private static boolean udevHasRules() {
        for (String folder : RULE_FOLDERS) {
            if (new File(folder + RULES).exists()) {
                return true;
            }
        }
        return false;
    }
}
