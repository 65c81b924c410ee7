package io.dmctl.cli.compat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One command with its words, once or repeatedly.
final class Run {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Host host;
    private final Verb verb;
    private final List<String> words;
    private final @Nullable DeviceReport report;
    private final Showing showing;
    private final Changing changing;
    private @Nullable Stats stats;

    /// `report`: null for a command that prints none and selects nothing.
    Run(Host host, Verb verb, List<String> words, @Nullable DeviceReport report) {
        this.host = host;
        this.verb = verb;
        this.words = words;
        this.report = report;
        this.showing = new Showing(host, report);
        this.changing = new Changing(host, showing);
    }

    /// dmstats, which also gives its own words. `statsVerb`: null for a word that is no command of it.
    static Run ofStats(
            Host host, @Nullable StatsVerb statsVerb, List<String> words, DeviceReport report, ProgramUsage usage) {
        final Run run = new Run(host, Verb.STATS, words, report);
        run.stats = new Stats(host, statsVerb, report, run.showing, usage);
        return run;
    }

    /// Whether all went well.
    boolean run() throws Failed {
        final Switches switches = host.switches;
        final int count = switches.number(Opt.COUNT);
        final boolean endless = count == 0 && (switches.has(Opt.COUNT) || switches.has(Opt.INTERVAL));
        final long intervalNs =
                switches.has(Opt.INTERVAL) ? switches.number(Opt.INTERVAL) * NS_PER_SECOND : NS_PER_SECOND;
        if (endless || count > 1) {
            final long seconds = report == null ? 0 : intervalNs / NS_PER_SECOND;
            host.shell.debug("Using timerfd for interval timekeeping.");
            host.shell.debug("Setting interval timer to: %ss 0ns", seconds);
        }
        long next = System.nanoTime() + intervalNs;
        for (long left = endless ? Long.MAX_VALUE : Math.max(count, 1); ; left--) {
            final boolean ok = once();
            if (report != null) {
                report.print(count != 1);
            }
            if (!ok) {
                host.shell.backtrace();
                return false;
            }
            if (left == 1) {
                return true;
            }
            if (report != null && !report.isDropped()) {
                host.shell.out().print('\n');
                host.shell.out().flush();
                sleepUntil(next);
                next += intervalNs;
                endInterval();
            }
        }
    }

    private void endInterval() {
        final StatsRows rows = report == null ? null : report.stats();
        if (rows != null) {
            rows.endInterval();
        }
    }

    private static void sleepUntil(long ns) throws Failed {
        try {
            java.util.concurrent.TimeUnit.NANOSECONDS.sleep(ns - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed();
        }
    }

    private boolean once() {
        try {
            if (report != null && host.switches.has(Opt.SELECT) && verb.selects()) {
                report.whenSelected(name -> one(name, true));
                perWord(Verb.INFO);
            } else {
                perWord(verb);
            }
            return true;
        } catch (Failed e) {
            host.shell.error("Command failed.");
            return false;
        } finally {
            if (showing.concisePrinted()) {
                host.shell.out().print('\n');
            }
        }
    }

    private void perWord(Verb what) throws Failed {
        if (!what.repeats()) {
            single();
            return;
        }
        final boolean byOption = host.switches.has(Opt.UUID) || host.switches.has(Opt.MAJOR);
        final boolean several = words.size() > 1 || (words.isEmpty() && !byOption);
        if (words.isEmpty()) {
            one(what, null, several);
        }
        for (String word : words) {
            one(what, word, several);
        }
    }

    private void one(String name, boolean several) throws Failed {
        one(verb, name, several);
    }

    private void one(Verb what, @Nullable String word, boolean several) throws Failed {
        switch (what) {
            case INFO -> showing.each(word, several, (name, more) -> showing.info(name));
            case TABLE, STATUS, MEASURE ->
                showing.each(word, several, (name, more) -> showing.targets(what, name, more));
            case DEPS -> showing.each(word, several, showing::deps);
            case MANGLE -> showing.each(word, several, (name, more) -> new Renaming(host).mangle(name));
            case REMOVE -> changing.remove(word);
            case SUSPEND -> changing.suspend(word);
            case RESUME -> changing.resume(word);
            case CLEAR -> changing.clear(word);
            case WIPE_TABLE -> changing.wipe(word);
            case STATS -> java.util.Objects.requireNonNull(stats).run(word);
            case TARGET_VERSION -> new Targets(host).one(String.valueOf(word));
            case MKNODES -> {
                if (word == null) {
                    host.files.repairAll();
                } else {
                    host.files.repair(word);
                }
            }
            default -> throw new IllegalArgumentException(what.name());
        }
    }

    private void single() throws Failed {
        if (verb.word().startsWith("udev") && host.shell.isReplayed()) {
            throw host.shell.failed("dmctl: --replay: " + verb.word() + " is about semaphores of this machine");
        }
        final Udev udev = new Udev(host);
        switch (verb) {
            case CREATE -> new Creating(host, showing).create(words);
            case LOAD, RELOAD -> new Creating(host, showing).load(words);
            case REMOVE_ALL -> changing.removeAll();
            case RENAME -> new Renaming(host).rename(words);
            case MESSAGE -> changing.message(words);
            case LS -> showing.ls();
            case WAIT -> changing.await(words);
            case SETGEOMETRY -> changing.setGeometry(words);
            case TARGETS -> new Targets(host).all();
            case VERSION -> new Targets(host).versions();
            case SPLITNAME -> split();
            case UDEVFLAGS -> udev.flags(words.getFirst());
            case UDEVCOMPLETE -> udev.complete(words.getFirst());
            case UDEVCOMPLETE_ALL -> udev.completeAll(words);
            case UDEVCOOKIES -> udev.list();
            case UDEVCREATECOOKIE -> udev.createCookie();
            case UDEVRELEASECOOKIE -> udev.releaseCookie(words);
            default -> throw new IllegalArgumentException(verb.name());
        }
    }

    private void split() throws Failed {
        if (report != null) {
            report.addSplit(SplitName.of(words.size() == 2 ? words.get(1) : "LVM", words.getFirst()));
        }
    }
}
