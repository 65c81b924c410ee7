package io.dmctl.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.dmctl.bindings.control.DmVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.List;

/// What `--json` prints: one object, on one line, with `schema` and `command` first. It is printed when it is complete:
/// a
/// command that fails half-way prints only what failed.
///
/// The schema's number changes when a field goes or changes its meaning; new fields may come at any time. Numbers are
/// integers, never strings; a size in bytes ends in `_bytes`, in sectors of 512 bytes in `_sectors`.
final class Json {
    static final int SCHEMA = 1;

    private final StringWriter text = new StringWriter();
    private final JsonGenerator out;

    Json(CommandName command) throws IOException {
        out = new JsonFactory().createGenerator(text);
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("command", command.word());
    }

    Json put(String name, String value) throws IOException {
        out.writeStringField(name, value);
        return this;
    }

    Json put(String name, long value) throws IOException {
        out.writeNumberField(name, value);
        return this;
    }

    /// Of 64 bits without a sign, as the kernel's sectors are.
    Json putUnsigned(String name, long value) throws IOException {
        out.writeFieldName(name);
        out.writeNumber(Long.toUnsignedString(value));
        return this;
    }

    Json put(String name, boolean value) throws IOException {
        out.writeBooleanField(name, value);
        return this;
    }

    Json putNull(String name) throws IOException {
        out.writeNullField(name);
        return this;
    }

    Json put(String name, DmVersion version) throws IOException {
        return object(name)
                .put("major", Integer.toUnsignedLong(version.major()))
                .put("minor", Integer.toUnsignedLong(version.minor()))
                .put("patchlevel", Integer.toUnsignedLong(version.patchlevel()))
                .endObject();
    }

    Json object(String name) throws IOException {
        out.writeObjectFieldStart(name);
        return this;
    }

    /// An element of a list.
    Json object() throws IOException {
        out.writeStartObject();
        return this;
    }

    Json endObject() throws IOException {
        out.writeEndObject();
        return this;
    }

    Json list(String name) throws IOException {
        out.writeArrayFieldStart(name);
        return this;
    }

    /// A text that is an element of a list.
    Json element(String value) throws IOException {
        out.writeString(value);
        return this;
    }

    Json strings(String name, List<String> values) throws IOException {
        list(name);
        for (String value : values) {
            element(value);
        }
        return endList();
    }

    Json addUnsigned(long value) throws IOException {
        out.writeNumber(Long.toUnsignedString(value));
        return this;
    }

    Json endList() throws IOException {
        out.writeEndArray();
        return this;
    }

    /// Ends it and prints it.
    void print(PrintStream to) throws IOException {
        out.writeEndObject();
        out.close();
        to.println(text);
    }

    /// The last field of a command that failed.
    Json error(ErrorReport report) throws IOException {
        return object("error")
                .put("exit_code", report.exitCode().code())
                .put("reason", report.text())
                .put("remedy", report.remedy())
                .endObject();
    }
}
