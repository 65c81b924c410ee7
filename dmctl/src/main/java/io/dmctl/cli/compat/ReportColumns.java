package io.dmctl.cli.compat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which fields a report has, and by which of them it is sorted.
final class ReportColumns {
    private final Shell shell;
    private final Set<Field.Type> types;
    private final List<Column> columns = new ArrayList<>();
    private final List<Column> keys = new ArrayList<>();
    private final String fieldPrefix;

    /// A field of this report; hidden ones are only for sorting and selecting.
    static final class Column {
        final Field field;
        final boolean hidden;
        boolean descending;
        int width;

        private Column(Field field, boolean hidden) {
            this.field = field;
            this.hidden = hidden;
        }
    }

    /// `types`: what the caller reports in any case; those of the fields are added.
    ReportColumns(Shell shell, Set<Field.Type> types) {
        this.shell = shell;
        this.types = types.isEmpty() ? EnumSet.noneOf(Field.Type.class) : EnumSet.copyOf(types);
        // Only a report about one thing lets its fields be named without the thing.
        this.fieldPrefix = this.types.size() == 1 ? this.types.iterator().next().prefix : "";
    }

    /// What the fields of this report are about.
    Set<Field.Type> types() {
        return types;
    }

    /// All of them; hidden ones come first.
    List<Column> all() {
        return columns;
    }

    /// Those that rows are sorted by, the weightiest first.
    List<Column> keys() {
        return keys;
    }

    /// Reads the fields and the sort keys of a command line.
    ///
    /// @throws Failed at the first that is wrong, behind the help about it
    void read(String fields, String sort) throws Failed {
        for (boolean typesOnly : new boolean[] {true, false}) {
            for (String word : words(fields)) {
                if (!match(word, typesOnly)) {
                    throw unknown("Unrecognised field: " + word);
                }
            }
            for (String word : words(sort)) {
                if (!key(word, typesOnly)) {
                    throw unknown("dm_report: Unrecognised field: " + word);
                }
            }
        }
    }

    private Failed unknown(String text) {
        new ReportHelp(shell).fields(true, false);
        shell.error(" ");
        return shell.failed(text);
    }

    /// Commas may follow each other, but not at the end.
    private static List<String> words(String text) {
        final List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            while (at < text.length() && text.charAt(at) == ',') {
                at++;
            }
            final int comma = text.indexOf(',', at);
            final int end = comma < 0 ? text.length() : comma;
            words.add(text.substring(at, end));
            at = end;
        }
        return words;
    }

    private boolean match(String word, boolean typesOnly) {
        if (word.isEmpty()) {
            return false;
        }
        final Field field = find(word);
        if (field != null) {
            if (typesOnly) {
                types.add(field.type);
            } else {
                columns.add(new Column(field, false));
            }
            return true;
        }
        final Set<Field.Type> all = allOf(word);
        if (typesOnly) {
            types.addAll(all);
        } else {
            for (Field each : Field.all()) {
                if (each.type != Field.Type.SPECIAL && all.contains(each.type)) {
                    columns.add(new Column(each, false));
                }
            }
        }
        return !all.isEmpty();
    }

    @Nullable
    Field find(String word) {
        final String prefix = fieldPrefix.isEmpty() ? "" : fieldPrefix.substring(0, fieldPrefix.length() - 1);
        if (word.isEmpty()) {
            return null;
        }
        for (Field field : Field.all()) {
            if (field.type == Field.Type.SPECIAL && field.isNamed(word, prefix)) {
                return field;
            }
        }
        for (Field field : Field.all()) {
            if (field.isNamed(word, prefix)) {
                return field;
            }
        }
        return null;
    }

    /// What `all` or `info_all` stand for; nothing when `word` is neither.
    private Set<Field.Type> allOf(String word) {
        final Set<Field.Type> all = EnumSet.noneOf(Field.Type.class);
        String wanted = word.replace("_", "").toLowerCase(Locale.ROOT);
        if (word.equalsIgnoreCase("all")) {
            if (fieldPrefix.isEmpty()) {
                all.addAll(types.isEmpty() ? EnumSet.allOf(Field.Type.class) : types);
                return all;
            }
            wanted = fieldPrefix.replace("_", "") + "all";
            all.addAll(types);
        }
        for (Field.Type type : Field.Type.values()) {
            if (type != Field.Type.SPECIAL && wanted.equals(type.prefix.replace("_", "") + "all")) {
                all.add(type);
            }
        }
        return all;
    }

    private boolean key(String word, boolean typesOnly) throws Failed {
        final boolean signed = word.startsWith("+") || word.startsWith("-");
        final String name = signed ? word.substring(1) : word;
        if (signed && name.isEmpty()) {
            shell.error("dm_report: Missing sort field name");
            return false;
        }
        final Field field = find(name);
        if (field == null) {
            return false;
        }
        if (typesOnly) {
            types.add(field.type);
            return true;
        }
        final Column column = column(field);
        if (keys.contains(column)) {
            shell.error("dm_report: Ignoring duplicate sort field: " + field.id() + ".");
            return true;
        }
        column.descending = word.startsWith("-");
        keys.add(column);
        return true;
    }

    /// The column of a field; a hidden one is added where there is none.
    Column column(Field field) {
        for (Column column : columns) {
            if (column.field == field) {
                return column;
            }
        }
        final Column column = new Column(field, true);
        columns.addFirst(column);
        types.add(field.type);
        return column;
    }
}
