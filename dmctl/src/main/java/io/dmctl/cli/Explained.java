package io.dmctl.cli;

import io.dmctl.bindings.control.DmStatusLine;
import io.dmctl.bindings.control.DmTask.TableStatus.Kind;
import io.dmctl.bindings.control.KeyMask;
import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.TargetGrammar;
import io.dmctl.targets.grammar.Value;
import io.dmctl.targets.grammar.types.Grammars;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A line of a table or a status, read.
///
/// @param device whose line it is; empty where it does not say
/// @param reason why the words could not be read; empty: they are the fields
record Explained(String device, Kind kind, DmStatusLine line, List<Field> fields, String reason) {
    /// `NAME: START LENGTH TYPE WORDS`, the name only where several devices are printed.
    private static final Pattern LINE = Pattern.compile("(?:(\\S+): )?(\\d{1,19}) (\\d{1,19}) (\\S+) ?(.*)");
    private static final Pattern DEVICE = Pattern.compile("\\d+:\\d+|/.+");

    static Explained of(Kind kind, DmStatusLine line) {
        return of("", kind, line);
    }

    private static Explained of(String device, Kind kind, DmStatusLine line) {
        final String text = kind == Kind.TABLE ? KeyMask.hide(line.type(), line.text()) : line.text();
        final DmStatusLine shown = new DmStatusLine(line.startSector(), line.lenSectors(), line.type(), text);
        final Optional<TargetGrammar> grammar = Grammars.find(line.type());
        if (grammar.isEmpty()) {
            return new Explained(device, kind, shown, List.of(), "no grammar of this target");
        }
        try (TargetArgs args = TargetArgs.split(text.replace("\\", "\\\\"))) {
            final List<Field> fields = kind == Kind.TABLE
                    ? grammar.get().table(args)
                    : grammar.get().status(args);
            return new Explained(device, kind, shown, fields, "");
        } catch (TargetException e) {
            return new Explained(device, kind, shown, List.of(), "word " + (e.argument() + 1) + ": " + e.getMessage());
        }
    }

    /// A line as it was printed, `number` from 1. Without a kind it is what it can be read as, a table first.
    static Explained of(String text, Optional<Kind> kind, int number) throws CommandFailure {
        final Matcher words = LINE.matcher(text.strip());
        if (!words.matches()) {
            throw new CommandFailure(
                    ExitCode.INVALID_TABLE, "line " + number + ": not START LENGTH TYPE WORDS: '" + text.strip() + "'");
        }
        final String device = words.group(1) == null ? "" : words.group(1);
        final DmStatusLine line = new DmStatusLine(
                Long.parseUnsignedLong(words.group(2)),
                Long.parseUnsignedLong(words.group(3)),
                words.group(4),
                words.group(5));
        if (kind.isPresent()) {
            return of(device, kind.get(), line);
        }
        final Explained table = of(device, Kind.TABLE, line);
        if (table.reason.isEmpty() && namesDevices(table.fields)) {
            return table;
        }
        final Explained status = of(device, Kind.INFO, line);
        return status.reason.isEmpty() ? status : table;
    }

    /// What is read as a device's name looks like one.
    private static boolean namesDevices(List<Field> fields) {
        return fields.stream().allMatch(field -> switch (field.value()) {
            case Value.Dev dev -> DEVICE.matcher(dev.arg().word()).matches();
            case Value.Rows rows -> rows.rows().stream().allMatch(Explained::namesDevices);
            case Value.Num n -> true;
            case Value.Text t -> true;
            case Value.Flag f -> true;
            case Value.Absent a -> true;
        });
    }

    /// `table` or `status`.
    String word() {
        return kind == Kind.TABLE ? "table" : "status";
    }

    String heading() {
        final String summary = Grammars.find(line.type())
                .map(grammar -> " (" + grammar.summary() + ")")
                .orElse("");
        return (device.isEmpty() ? "" : device + ": ")
                + Long.toUnsignedString(line.startSector()) + " " + Long.toUnsignedString(line.lenSectors()) + " "
                + line.type() + summary;
    }

    void print(String title, Session session) {
        final PrintStream out = session.streams().out();
        if (!reason.isEmpty()) {
            out.println("  " + title + ": not read (" + reason + "): " + line.text());
        } else if (!fields.isEmpty()) {
            out.println("  " + title);
            new FieldText(out, session::look).print(fields);
        }
    }

    void identity(Json json) throws IOException {
        if (!device.isEmpty()) {
            json.put("device", device);
        }
        json.putUnsigned("start_sectors", line.startSector())
                .putUnsigned("len_sectors", line.lenSectors())
                .put("type", line.type());
    }

    /// What cannot be read is null, and the words as they are.
    void print(String title, Json json) throws IOException {
        if (reason.isEmpty()) {
            json.object(title);
            FieldJson.print(fields, json);
            json.endObject();
        } else {
            json.putNull(title).put(title + "_words", line.text());
        }
    }
}
