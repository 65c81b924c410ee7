package io.dmctl.backend.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dmctl.backend.transport.QueueSetup;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmUuid;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A device's record as a JSON file with a `schema`; replaced whole, so that a reader sees the old or the new.
final class RecordFile {
    private static final int SCHEMA = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private RecordFile() {}

    static DeviceRecord read(Path file) throws IOException {
        final Map<String, String> fields = new HashMap<>();
        try (JsonParser in = JSON.createParser(Files.readString(file))) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("read: " + file + ": not a device record");
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                final String name = in.currentName();
                in.nextToken();
                fields.put(name, in.getText());
            }
        }
        if (!Integer.toString(SCHEMA).equals(fields.get("schema"))) {
            throw new IOException(
                    "read: " + file + ": schema " + fields.get("schema") + ", this dmctl knows " + SCHEMA);
        }
        final String name = fields.get("name");
        if (name == null) {
            throw new IOException("read: " + file + ": no name");
        }
        return new DeviceRecord(
                DmName.of(name),
                Optional.ofNullable(fields.get("uuid")).map(DmUuid::of),
                Optional.ofNullable(fields.get("group")),
                Optional.ofNullable(fields.get("transport")),
                Optional.ofNullable(fields.get("address")),
                Optional.ofNullable(fields.get("ioMode")),
                Optional.ofNullable(fields.get("queues")).map(QueueSetup::parse),
                Optional.ofNullable(fields.get("modulePath")));
    }

    static void write(Path file, DeviceRecord record) throws IOException {
        final StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeNumberField("schema", SCHEMA);
            out.writeStringField("name", record.name().toString());
            field(out, "uuid", record.uuid().map(DmUuid::toString));
            field(out, "group", record.group());
            field(out, "transport", record.transport());
            field(out, "address", record.address());
            field(out, "ioMode", record.ioMode());
            field(out, "queues", record.queues().map(QueueSetup::words));
            field(out, "modulePath", record.modulePath());
            out.writeEndObject();
        }
        // The temporary name begins with what no mangled name holds.
        final Path next = file.resolveSibling("~" + file.getFileName());
        Files.writeString(next, text.append('\n').toString());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void field(JsonGenerator out, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        }
    }
}
