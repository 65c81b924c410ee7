package io.dmctl.cli;

import io.dmctl.targets.grammar.Field;
import io.dmctl.targets.grammar.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the fields of a line as members of an object; what may come several times is a list.
final class FieldJson {
    private FieldJson() {}

    static void print(List<Field> fields, Json json) throws IOException {
        final Map<String, List<Field>> byKey = new LinkedHashMap<>();
        for (Field field : fields) {
            byKey.computeIfAbsent(field.key(), key -> new ArrayList<>()).add(field);
        }
        for (Map.Entry<String, List<Field>> entry : byKey.entrySet()) {
            final Field first = entry.getValue().getFirst();
            if (first.many()) {
                json.list(entry.getKey());
                for (Field field : entry.getValue()) {
                    element(field, json);
                }
                json.endList();
            } else if (first.value() instanceof Value.Rows rows) {
                json.list(entry.getKey());
                for (List<Field> row : rows.rows()) {
                    if (row.size() == 1) {
                        element(row.getFirst(), json);
                    } else {
                        json.object();
                        print(row, json);
                        json.endObject();
                    }
                }
                json.endList();
            } else {
                member(entry.getKey(), first, json);
            }
        }
    }

    private static void member(String key, Field field, Json json) throws IOException {
        switch (field.value()) {
            case Value.Num num -> {
                if (num.signed()) {
                    json.put(key, num.value());
                } else {
                    json.putUnsigned(key, num.value());
                }
            }
            case Value.Text text -> json.put(key, text.word());
            case Value.Dev dev -> json.put(key, dev.arg().word());
            case Value.Flag flag -> json.put(key, true);
            case Value.Absent absent -> json.putNull(key);
            case Value.Rows rows -> throw new IllegalStateException(key + ": rows are no member");
        }
    }

    private static void element(Field field, Json json) throws IOException {
        switch (field.value()) {
            case Value.Num num -> json.addUnsigned(num.value());
            case Value.Text text -> json.element(text.word());
            case Value.Dev dev -> json.element(dev.arg().word());
            case Value.Flag flag -> json.element(field.name());
            case Value.Absent absent -> json.element(absent.word());
            case Value.Rows rows -> throw new IllegalStateException(field.key() + ": rows are no element");
        }
    }
}
