package io.dmctl.cli;

import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTable;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Reads the kernel parameter that makes devices before there is a user space:
/// `dm-mod.create=NAME,UUID,MINOR,FLAGS,TABLE[,TABLE]...[;NAME,...]`. It looks like dmsetup's concise form and has
/// stricter rules: no `\`, flags and at least one parameter in every table line, six targets, bounds on all.
///
/// @kernel drivers/md/dm-init.c
final class BootParameter {
    private static final String NAME = "dm-mod.create";
    private static final int MAX_BYTES = 4095;
    private static final int MAX_DEVICES = 256;
    private static final int MAX_TARGETS = 256;
    private static final int MINOR_BITS = 20;
    private static final List<String> TARGETS =
            List.of("crypt", "delay", "linear", "snapshot-origin", "striped", "verity");
    private static final String FIELDS = "name,uuid,minor,flags,table";
    private static final Pattern NUMBER = Pattern.compile("\\+?(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))");

    private String rest;
    private boolean more = true;

    private BootParameter(String text) {
        rest = text;
    }

    /// A device that the kernel would make.
    record Device(String name, boolean readOnly, DmTable table) {}

    /// `text`: the value, or the whole parameter as it stands on a kernel command line, with or without quotes.
    ///
    /// @throws CommandFailure exit code 6, with the device, the field and the reason
    static List<Device> parse(String text) throws CommandFailure {
        final String value = value(text.strip());
        final int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw refused("it has " + bytes + " bytes, the kernel takes at most " + MAX_BYTES);
        }
        if (value.indexOf('"') >= 0) {
            throw refused("a kernel command line cannot have a double quote within a value");
        }
        final BootParameter parameter = new BootParameter(value);
        final List<Device> devices = new ArrayList<>();
        final Map<String, Integer> taken = new HashMap<>();
        while (parameter.more) {
            if (devices.size() == MAX_DEVICES) {
                throw refused("the kernel takes at most " + MAX_DEVICES + " devices");
            }
            devices.add(parameter.device(devices.size() + 1, taken));
        }
        return devices;
    }

    private static String value(String text) {
        final boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        final String inner = quoted ? text.substring(1, text.length() - 1) : text;
        return inner.startsWith(NAME + "=") ? value(inner.substring(NAME.length() + 1)) : inner;
    }

    private static CommandFailure refused(String reason) {
        return new CommandFailure(ExitCode.INVALID_TABLE, NAME + ": " + reason);
    }

    /// The text up to the separator, trimmed; [#more] tells whether there was one.
    private String field(char separator) {
        final String text = rest.stripLeading();
        final int end = text.indexOf(separator);
        more = end >= 0;
        rest = more ? text.substring(end + 1) : "";
        return (more ? text.substring(0, end) : text).strip();
    }

    private Device device(int number, Map<String, Integer> taken) throws CommandFailure {
        final String[] fields = new String[4];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(',');
            if (!more) {
                throw refused(
                        "device " + number + ": " + (i + 1) + " of 5 fields (" + FIELDS + "): '" + fields[i] + "'");
            }
        }
        final String tables = field(';');
        final String where = "device " + number + " '" + fields[0] + "': ";
        try {
            take(taken, "name " + DmName.of(fields[0]), number, where);
            if (!fields[1].isEmpty()) {
                take(taken, "uuid " + DmUuid.of(fields[1]), number, where);
            }
        } catch (IllegalArgumentException e) {
            throw refused(where + e.getMessage());
        }
        if (!fields[2].isEmpty()) {
            final OptionalLong minor = number(fields[2]);
            if (minor.isEmpty() || minor.getAsLong() >>> MINOR_BITS != 0) {
                throw refused(where + "minor '" + fields[2] + "': must be in 0.." + ((1 << MINOR_BITS) - 1));
            }
            take(taken, "minor " + minor.getAsLong(), number, where);
        }
        if (!fields[3].equals("ro") && !fields[3].equals("rw")) {
            throw refused(where + "flags '" + fields[3] + "': must be ro or rw");
        }
        return new Device(fields[0], fields[3].equals("ro"), new BootParameter(tables).table(where));
    }

    private static void take(Map<String, Integer> taken, String what, int number, String where) throws CommandFailure {
        final Integer by = taken.putIfAbsent(what, number);
        if (by != null) {
            throw refused(where + "device " + by + " has " + what + ", too: the kernel stops there");
        }
    }

    private DmTable table(String where) throws CommandFailure {
        final List<DmTableLine> lines = new ArrayList<>();
        while (more) {
            final String at = where + "table line " + (lines.size() + 1) + ": ";
            if (lines.size() == MAX_TARGETS) {
                throw refused(where + "the kernel takes at most " + MAX_TARGETS + " targets");
            }
            final String start = word(at);
            final String length = word(at);
            final String type = word(at);
            if (!TARGETS.contains(type)) {
                throw refused(at + "invalid type \"" + type + "\": at boot there are " + String.join(", ", TARGETS));
            }
            lines.add(new DmTableLine(sectors(at, "start", start), sectors(at, "length", length), type, field(',')));
        }
        return new DmTable(lines);
    }

    private String word(String at) throws CommandFailure {
        final String word = field(' ');
        if (!more) {
            throw refused(at + "START LENGTH TYPE PARAMETERS are needed, the last is '" + word + "'");
        }
        return word;
    }

    private static long sectors(String at, String what, String word) throws CommandFailure {
        return number(word).orElseThrow(() -> refused(at + what + " '" + word + "': not a number of sectors"));
    }

    /// Decimal, 0x or octal, as unsigned 64 bits.
    private static OptionalLong number(String word) {
        final var match = NUMBER.matcher(word);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    match.group(1) != null
                            ? Long.parseUnsignedLong(match.group(1), 16)
                            : match.group(2) != null
                                    ? Long.parseUnsignedLong(match.group(2), 8)
                                    : Long.parseUnsignedLong(match.group(3)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
