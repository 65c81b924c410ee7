package io.dmctl.cli.compat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What `dmstats help` tells of the command line: made as [UsageText] is.
final class StatsUsage {
    private static final String PROGRAMS = oneOf(Opt.ALLPROGRAMS, with(Opt.PROGRAMID, "id")) + " ";
    private static final String REGIONS = oneOf(Opt.ALLREGIONS, with(Opt.REGIONID, "id")) + " ";
    private static final String DEVICES = oneOf(Opt.ALLDEVICES, UsageText.DEVICES) + " ";
    private static final String FOLLOW = UsageText.any(Opt.NOMONITOR, Opt.FOLLOW);
    private static final String BOUNDS = UsageText.any(Opt.BOUNDS, Opt.PRECISE) + " ";
    private static final String FILE = "<file_path>";
    // The blank before the bracket is dmstats' own.
    private static final String OWNER = UsageText.any(Opt.PROGRAMID) + " [" + with(Opt.USERDATA, "<data> ] ");

    private StatsUsage() {}

    /// Of a program of this name.
    static String of(String program) {
        return Stream.of(
                        Stream.of("Usage:", "", program),
                        options().stream().map(line -> "\t" + line),
                        Stream.of(""),
                        Stream.of(StatsVerb.values()).flatMap(StatsUsage::lines),
                        Stream.of("", UsageText.DEVICE_NOTE, UsageText.FIELDS_NOTE, ""))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /// An option with a value that has another name than elsewhere.
    private static String with(Opt option, String value) {
        return option.switches() + " " + value;
    }

    private static String oneOf(Opt option, String other) {
        return "[" + option.switches() + "|" + other + "]";
    }

    private static List<String> options() {
        return List.of(
                UsageText.any(Opt.HELP),
                UsageText.verbose(),
                UsageText.any(Opt.AREAS, Opt.AREASIZE),
                UsageText.any(Opt.USERDATA, Opt.CLEAR),
                UsageText.any(Opt.COUNT, Opt.INTERVAL),
                UsageText.sorted(),
                "     " + UsageText.any(Opt.PROGRAMID),
                UsageText.any(Opt.START, Opt.LENGTH),
                UsageText.any(Opt.SEGMENTS, Opt.UNITS));
    }

    /// Its forms, each line after the first further in.
    private static Stream<String> lines(StatsVerb verb) {
        return forms(verb).stream()
                .flatMap(form -> Stream.concat(
                        Stream.of("\t" + verb.word() + " " + form.getFirst()),
                        form.subList(1, form.size()).stream().map(line -> "\t    " + line)));
    }

    private static List<List<String>> forms(StatsVerb verb) {
        return switch (verb) {
            case HELP, VERSION -> form("");
            case CLEAR -> form(REGIONS + DEVICES);
            case CREATE ->
                List.of(
                        List.of(
                                "[" + Opt.START.switches() + UsageText.value(Opt.START) + " ["
                                        + with(Opt.LENGTH, "<len>]"),
                                UsageText.any(Opt.AREAS, Opt.AREASIZE) + " ",
                                OWNER,
                                BOUNDS,
                                UsageText.any(Opt.SEGMENTS) + " " + DEVICES),
                        List.of(
                                Opt.FILEMAP.switches() + " " + UsageText.any(Opt.NOGROUP) + " " + FOLLOW,
                                OWNER,
                                BOUNDS + FILE));
            case DELETE -> form(PROGRAMS, REGIONS, DEVICES);
            case GROUP ->
                form(
                        UsageText.any(Opt.ALIAS) + " " + Opt.REGIONS.switches() + UsageText.value(Opt.REGIONS),
                        PROGRAMS + DEVICES);
            case LIST -> form(PROGRAMS + REGIONS);
            case PRINT -> form(UsageText.any(Opt.CLEAR) + " " + PROGRAMS, REGIONS, DEVICES);
            case REPORT ->
                form(
                        UsageText.any(Opt.INTERVAL) + " [" + with(Opt.COUNT, "<cnt>]"),
                        "[" + with(Opt.UNITS, "<u>] ") + UsageText.any(Opt.PROGRAMID, Opt.REGIONID) + " ",
                        UsageText.sorted(),
                        UsageText.any(Opt.SELECT, Opt.NAMEPREFIXES),
                        UsageText.any(Opt.NOHEADINGS, Opt.SEPARATOR),
                        PROGRAMS + "[" + UsageText.DEVICES + "]");
            case UNGROUP -> form(group() + PROGRAMS, DEVICES);
            case UPDATE_FILEMAP -> form(group(), FOLLOW + " " + FILE);
        };
    }

    private static List<List<String>> form(String... lines) {
        return List.of(List.of(lines));
    }

    private static String group() {
        return Opt.GROUPID.switches() + UsageText.value(Opt.GROUPID) + " ";
    }
}
