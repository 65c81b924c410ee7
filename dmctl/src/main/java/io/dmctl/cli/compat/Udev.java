package io.dmctl.cli.compat;

import io.dmctl.bindings.control.UdevCookie;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Semaphores;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The commands of udev's rules: flags and cookies. A cookie is a semaphore; its low half is the cookie's name.
final class Udev {
    private static final int MAGIC = UdevCookie.MAGIC;
    private static final int FLAGS_SHIFT = UdevCookie.FLAGS_SHIFT;
    private static final String[] FLAGS = {
        "DISABLE_DM_RULES",
        "DISABLE_SUBSYSTEM_RULES",
        "DISABLE_DISK_RULES",
        "DISABLE_OTHER_RULES",
        "LOW_PRIORITY",
        "DISABLE_LIBRARY_FALLBACK",
        "PRIMARY_SOURCE",
    };
    private static final int OWN_FLAGS = 8;
    /// As `ctime` writes it.
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    private final Host host;
    private final Shell shell;

    Udev(Host host) {
        this.host = host;
        this.shell = host.shell;
    }

    private int cookie(String word) throws Failed {
        final int cookie = Numbers.cookie(word, shell);
        if (cookie == 0) {
            throw shell.backtrace(new Failed());
        }
        return cookie;
    }

    void flags(String word) throws Failed {
        final int flags = cookie(word) >>> FLAGS_SHIFT;
        for (int i = 0; i < FLAGS_SHIFT; i++) {
            if ((flags & 1 << i) != 0) {
                final String name = i < FLAGS.length
                        ? "DM_UDEV_" + FLAGS[i] + "_FLAG"
                        : i < OWN_FLAGS ? "DM_UDEV_FLAG" + i : "DM_SUBSYSTEM_UDEV_FLAG" + (i - OWN_FLAGS);
                shell.print(name + "='1'");
            }
        }
    }

    void complete(String word) throws Failed {
        final int given = cookie(word);
        final StringBuilder text = new StringBuilder(Integer.toHexString(given));
        while (text.length() < 10) {
            text.append(' ');
        }
        shell.print("DM_COOKIE_COMPLETED=0x" + text);
        final int base = given & UdevCookie.BASE_MASK;
        if (base != 0 && host.udev.active()) {
            host.udev.complete(base | MAGIC << FLAGS_SHIFT);
        }
    }

    /// Begins a transaction, where there is a udev.
    void createCookie() throws Failed {
        if (host.udev.active()) {
            final int made;
            try {
                made = host.udev.create();
            } catch (Failed e) {
                throw shell.backtrace(e);
            }
            shell.print("0x" + digits(made));
        }
    }

    static String digits(int cookie) {
        final String digits = Integer.toHexString(cookie).toUpperCase(Locale.ROOT);
        return "0".repeat(8 - digits.length()) + digits;
    }

    void releaseCookie(List<String> words) throws Failed {
        final int cookie = words.isEmpty() ? host.udevCookie : cookie(words.getFirst());
        if (cookie == 0) {
            throw shell.failed("No udev transaction cookie given.");
        }
        host.udev.release(cookie);
    }

    void completeAll(List<String> words) throws Failed {
        final long minutes = words.isEmpty() ? 0 : age(words.getFirst());
        if (!host.switches.has(Opt.YES) && !confirmed(minutes)) {
            shell.print(
                    "Semaphores with keys prefixed by " + MAGIC + " (" + UdevCookie.hex(MAGIC) + ") NOT destroyed.");
            return;
        }
        int destroyed = 0;
        int skipped = 0;
        for (Semaphores.State set : cookies()) {
            final long until = Instant.now().getEpochSecond() - minutes * 60;
            if (set.changedSeconds() > until || set.lastOpSeconds() > until) {
                skipped++;
            } else if (Semaphores.remove(set.id()) < 0) {
                shell.error("Could not cleanup notification semaphore with semid " + set.id() + " and cookie value "
                        + UdevSync.both(set.key()) + ".");
            } else {
                destroyed++;
            }
        }
        shell.print(destroyed + " semaphores with keys prefixed by " + MAGIC + " (" + UdevCookie.hex(MAGIC)
                + ") destroyed. " + skipped + " skipped.");
    }

    private long age(String word) throws Failed {
        final int from = Numbers.skipSpace(word, 0);
        if (Numbers.skipDigits(word, from) == from) {
            throw shell.failed("Failed to read age_in_minutes parameter.");
        }
        return Integer.toUnsignedLong(Numbers.atoi(word));
    }

    private boolean confirmed(long minutes) throws Failed {
        final String older = minutes == 0 ? "" : "older than " + minutes + " minutes ";
        shell.error("WARNING: This operation will destroy all semaphores " + older + "with keys that have a prefix "
                + MAGIC + " (" + UdevCookie.hex(MAGIC) + ").");
        return yes("Do you really want to continue? [y/n]: ");
    }

    /// Asks until a line has a y or an n; the end of the input is a no.
    private boolean yes(String prompt) throws Failed {
        final InputStream in = shell.in();
        int answer = 0;
        int c = '\n';
        try {
            do {
                if (c == '\n') {
                    shell.out().print(prompt);
                    shell.out().flush();
                }
                c = in.read();
                if (c < 0) {
                    answer = 'n';
                    break;
                }
                c = Character.toLowerCase(c);
                answer = c == 'y' || c == 'n' ? c : answer;
            } while (answer == 0 || c != '\n');
        } catch (IOException e) {
            throw shell.failed("standard input: " + e.getMessage());
        }
        if (c != '\n') {
            shell.out().print('\n');
        }
        return answer == 'y';
    }

    private List<Semaphores.State> cookies() throws Failed {
        try {
            return Semaphores.all().stream()
                    .filter(set -> set.key() >>> FLAGS_SHIFT == MAGIC)
                    .toList();
        } catch (ErrnoException e) {
            throw shell.failed("SEM_INFO: semctl failed: " + Errno.text(e.errno()));
        }
    }

    void list() throws Failed {
        final List<Semaphores.State> cookies = cookies();
        shell.print("Cookie       Semid      Value      Last semop time           Last change time");
        for (Semaphores.State set : cookies) {
            final int value = Semaphores.value(set.id());
            if (value < 0) {
                shell.error("semid " + set.id() + ": sem_ctl failed for cookie " + UdevCookie.hex(set.key()) + ": "
                        + Errno.text(-value));
            } else {
                shell.print(String.format(
                        Locale.ROOT,
                        "0x%-10x %-10d %-10d %s  %s",
                        set.key(),
                        set.id(),
                        value,
                        time(set.lastOpSeconds()),
                        time(set.changedSeconds())));
            }
        }
    }

    private static String time(long seconds) {
        return TIME.format(Instant.ofEpochSecond(seconds).atZone(ZoneId.systemDefault()));
    }
}
