package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.Semaphores;
import java.security.SecureRandom;

/// What libdm and udev's rules have agreed on: the key of a semaphore that counts the events which udev's rules have
/// still to tell done. Its lower half goes along with a change of a device, behind flags for the rules
/// ([DmTask.WithCookie]).
///
/// Thread rule: any thread.
public final class UdevCookie {
    /// The upper half of a cookie.
    public static final int MAGIC = 0xd4d;
    /// Where the flags are in what goes along with a change.
    public static final int FLAGS_SHIFT = 16;
    public static final int BASE_MASK = 0xffff;
    public static final int DISABLE_DM_RULES = 1;
    public static final int DISABLE_SUBSYSTEM_RULES = 1 << 1;
    public static final int DISABLE_LIBRARY_FALLBACK = 1 << 5;
    /// The event is of a change, not of `udevadm trigger`: only then rules look at what is on the device.
    public static final int PRIMARY_SOURCE = 1 << 6;

    private static final long PAUSE_MS = 5;

    private UdevCookie() {}

    /// A new semaphore of value 1; answers its cookie, or `-errno`: ENOSPC where the machine has too many.
    public static int create() {
        final SecureRandom random = new SecureRandom();
        while (true) {
            final int cookie = MAGIC << FLAGS_SHIFT | (random.nextInt(BASE_MASK) + 1);
            final int id = Semaphores.create(cookie, 1);
            if (id != -Errno.EEXIST) {
                return id < 0 ? id : cookie;
            }
        }
    }

    /// Waits until the semaphore `id` is 0, or gone; false when it is not within `timeoutNs`. An interrupt ends the
    /// wait, and stays set.
    public static boolean await(int id, long timeoutNs) {
        final long end = System.nanoTime() + timeoutNs;
        while (Semaphores.isZero(id) == -Errno.EAGAIN) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /// As people and udev's tools write it.
    public static String hex(int cookie) {
        return "0x" + Integer.toHexString(cookie);
    }
}
