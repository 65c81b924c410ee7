package io.dmctl.backend.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmTableLine;
import io.dmctl.bindings.control.DmUuid;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The state of a group's devices as a JSON file with a `schema`, for its owner only; replaced whole, so that
/// whoever reads it after the server's death finds the old or the new.
public final class StateFile {
    private static final long SCHEMA = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private StateFile() {}

    static Path of(Path groupDir) {
        return groupDir.resolve("state");
    }

    // ---- writing ----

    public static void write(Path groupDir, List<DeviceState> devices) throws IOException {
        final Path next = groupDir.resolve("state.next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        // As it comes: the text of a large table would take as much of a server's heap as the table.
        try (BufferedWriter text = Files.newBufferedWriter(next);
                JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("schema", SCHEMA);
            out.writeArrayFieldStart("devices");
            for (DeviceState device : devices) {
                write(out, device);
            }
            out.writeEndArray();
            out.writeEndObject();
            out.writeRaw('\n');
        }
        Files.move(next, of(groupDir), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(JsonGenerator out, DeviceState device) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", device.name().toString());
        if (device.uuid().isPresent()) {
            out.writeStringField("uuid", device.uuid().get().toString());
        }
        out.writeStringField("transport", device.options().transport());
        out.writeNumberField("queues", device.options().queues());
        out.writeNumberField("depth", device.options().depth());
        out.writeStringField("recovery", device.options().recovery());
        out.writeStringField("io_mode", device.options().ioMode());
        out.writeStringField("idle", device.options().idle());
        out.writeStringField("affinity", device.options().affinity());
        out.writeNumberField("threads", device.options().threads());
        out.writeStringField("shmem", device.options().shmem());
        out.writeNumberField("ublk_id", device.ublkId());
        out.writeNumberField("event_nr", device.eventNr());
        out.writeBooleanField("suspended", device.suspended());
        write(out, "live", device.live());
        write(out, "inactive", device.inactive());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, String field, Optional<TableState> table) throws IOException {
        if (table.isEmpty()) {
            return;
        }
        out.writeObjectFieldStart(field);
        out.writeNumberField("number", table.get().number());
        out.writeBooleanField("read_only", table.get().readOnly());
        out.writeArrayFieldStart("lines");
        for (DmTableLine line : table.get().lines()) {
            out.writeStartObject();
            out.writeNumberField("start_sectors", line.startSector());
            out.writeNumberField("len_sectors", line.lenSectors());
            out.writeStringField("type", line.type());
            out.writeStringField("params", line.params());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    // ---- reading ----

    /// What the group's server wrote last; nothing when it wrote none.
    ///
    /// @throws IOException when the file is not one of this schema
    public static List<DeviceState> read(Path groupDir) throws IOException {
        final Path file = of(groupDir);
        final Fields all;
        try (JsonParser in = JSON.createParser(Files.readString(file))) {
            in.nextToken();
            all = new Fields(file, value(in));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        if (all.number("schema") != SCHEMA) {
            throw new IOException(
                    "read: " + file + ": schema " + all.number("schema") + ", this dmctl knows " + SCHEMA);
        }
        final List<DeviceState> devices = new ArrayList<>();
        for (Fields device : all.list("devices")) {
            devices.add(device(device));
        }
        return devices;
    }

    private static DeviceState device(Fields in) throws IOException {
        return new DeviceState(
                DmName.of(in.text("name")),
                in.has("uuid") ? Optional.of(DmUuid.of(in.text("uuid"))) : Optional.empty(),
                new LoadOptions(
                                in.text("transport"),
                                (int) in.number("queues"),
                                (int) in.number("depth"),
                                "",
                                in.text("recovery"))
                        .withIoMode(in.text("io_mode", LoadOptions.DEFAULT.ioMode()))
                        .withThreads(
                                in.has("threads") ? (int) in.number("threads") : LoadOptions.DEFAULT.threads(),
                                in.text("idle", LoadOptions.DEFAULT.idle()),
                                in.text("affinity", LoadOptions.DEFAULT.affinity()))
                        .withShmem(in.text("shmem", LoadOptions.DEFAULT.shmem())),
                (int) in.number("ublk_id"),
                in.number("event_nr"),
                in.flag("suspended"),
                table(in, "live"),
                table(in, "inactive"));
    }

    private static Optional<TableState> table(Fields in, String field) throws IOException {
        if (!in.has(field)) {
            return Optional.empty();
        }
        final Fields table = in.object(field);
        final List<DmTableLine> lines = new ArrayList<>();
        for (Fields line : table.list("lines")) {
            lines.add(new DmTableLine(
                    line.number("start_sectors"), line.number("len_sectors"), line.text("type"), line.text("params")));
        }
        final long number = table.has("number") ? table.number("number") : 0;
        return Optional.of(new TableState(number, table.flag("read_only"), lines));
    }

    private static Object value(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> {
                final Map<String, Object> fields = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    final String name = in.currentName();
                    in.nextToken();
                    fields.put(name, value(in));
                }
                yield fields;
            }
            case START_ARRAY -> {
                final List<Object> items = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(in));
                }
                yield items;
            }
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_TRUE, VALUE_FALSE -> in.getBooleanValue();
            default -> in.getText();
        };
    }

    /// The fields of an object, each of the kind that is asked for.
    private record Fields(Path file, Object value) {
        boolean has(String name) {
            return value instanceof Map<?, ?> map && map.containsKey(name);
        }

        private <T> T get(String name, Class<T> kind) throws IOException {
            final Object found = value instanceof Map<?, ?> map ? map.get(name) : null;
            if (!kind.isInstance(found)) {
                throw new IOException("read: " + file + ": no " + name);
            }
            return kind.cast(found);
        }

        String text(String name) throws IOException {
            return get(name, String.class);
        }

        String text(String name, String otherwise) throws IOException {
            return has(name) ? text(name) : otherwise;
        }

        long number(String name) throws IOException {
            return get(name, Long.class);
        }

        boolean flag(String name) throws IOException {
            return get(name, Boolean.class);
        }

        Fields object(String name) throws IOException {
            return new Fields(file, get(name, Map.class));
        }

        List<Fields> list(String name) throws IOException {
            final List<Fields> items = new ArrayList<>();
            for (Object item : get(name, List.class)) {
                items.add(new Fields(file, item));
            }
            return items;
        }
    }
}
