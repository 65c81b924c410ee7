package io.dmctl.cli.compat;

import io.dmctl.bindings.control.RawText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A table of fields, as libdm prints it: aligned or not, by rows or by columns, sorted, of selected rows.
final class Report {
    private static final String NAME_PREFIX = "DM_";

    private final Shell shell;
    private final Layout layout;
    private final ReportColumns columns;
    private final List<Row> rows = new ArrayList<>();
    private @Nullable Selection selection;
    private boolean reported;
    private boolean headingsPrinted;

    /// How a report is printed.
    ///
    /// @param headings 0: none, 1: short ones, 2: the fields' names
    record Layout(
            boolean aligned,
            boolean buffered,
            int headings,
            boolean prefixes,
            boolean quoted,
            boolean asRows,
            String separator) {}

    private record Row(List<Cell> cells) {}

    /// Gives the value of a field for the object that a row is about; null where it has none.
    interface Source {
        @Nullable
        Cell cell(Field field) throws Failed;
    }

    Report(Shell shell, Layout layout, ReportColumns columns) {
        this.shell = shell;
        this.layout = layout;
        this.columns = columns;
    }

    /// Parses fields, sort keys and selection.
    ///
    /// @throws Failed at the first that is wrong, behind the help about it
    void define(String fields, String sort, String select) throws Failed {
        columns.read(fields, sort);
        if (columns.all().stream().anyMatch(column -> column.field.isHelp())) {
            new ReportHelp(shell).fields(true, false);
            shell.error(" ");
            reported = true;
        }
        if (select.equalsIgnoreCase("help") || select.equals("?")) {
            final ReportHelp help = new ReportHelp(shell);
            help.fields(false, true);
            shell.error(" ");
            help.selection();
            reported = true;
        } else if (!select.isEmpty() && !select.equalsIgnoreCase("all")) {
            selection = selection(select);
        }
    }

    private Selection selection(String select) throws Failed {
        try {
            return new SelectionParser(columns, select, shell).parse();
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    /// Adds a row; answers whether it is selected. `keep`: it is to be printed when it is.
    boolean add(Source source, boolean keep) throws Failed {
        if (reported) {
            return true;
        }
        final List<Cell> cells = new ArrayList<>();
        int selectedAt = -1;
        for (ReportColumns.Column column : columns.all()) {
            if (column.field == Field.SELECTED) {
                selectedAt = column.hidden ? -1 : cells.size();
                cells.add(Cell.number(1));
                continue;
            }
            cells.add(cell(source, column.field));
        }
        final boolean selected = selection == null
                || selection.accepts(column -> cells.get(columns.all().indexOf(column)));
        if (!selected && selectedAt >= 0) {
            cells.set(selectedAt, Cell.number(0));
        }
        if (keep && (selected || selectedAt >= 0)) {
            rows.add(new Row(cells));
            if (!layout.buffered()) {
                print();
            }
        }
        return selected;
    }

    private Cell cell(Source source, Field field) throws Failed {
        final Cell cell;
        try {
            cell = source.cell(field);
        } catch (Failed e) {
            throw shell.failed("_do_report_object: report function failed for field " + field.id());
        }
        if (cell == null) {
            throw shell.failed("_do_report_object: no data assigned to field " + field.id());
        }
        return cell;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// The headings, before every part of a report that repeats.
    void printHeadings() {
        if (!layout.asRows()) {
            measure();
            headings();
        }
    }

    /// Prints and drops the rows.
    void print() {
        if (rows.isEmpty()) {
            return;
        }
        measure();
        if (layout.buffered()) {
            rows.sort(this::compare);
        }
        if (layout.asRows()) {
            printColumnsAsRows();
        } else {
            if (!headingsPrinted) {
                headings();
            }
            for (Row row : rows) {
                printRow(row);
            }
        }
        rows.clear();
    }

    private void measure() {
        for (int i = 0; i < columns.all().size(); i++) {
            final ReportColumns.Column column = columns.all().get(i);
            column.width = column.field.width;
            for (Row row : rows) {
                column.width = Math.max(column.width, row.cells().get(i).width());
                if (layout.headings() == 2) {
                    column.width = Math.max(column.width, column.field.id().length());
                }
            }
        }
    }

    private void headings() {
        headingsPrinted = true;
        if (layout.headings() == 0) {
            return;
        }
        final List<String> texts = new ArrayList<>();
        for (ReportColumns.Column column : columns.all()) {
            if (!column.hidden) {
                texts.add(layout.aligned() ? padded(heading(column), column.width, false) : heading(column));
            }
        }
        shell.print(String.join(layout.separator(), texts));
    }

    private String heading(ReportColumns.Column column) {
        return layout.headings() == 2 ? column.field.id() : column.field.heading;
    }

    private void printRow(Row row) {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < columns.all().size(); i++) {
            if (!columns.all().get(i).hidden) {
                texts.add(text(columns.all().get(i), row.cells().get(i)));
            }
        }
        shell.print(String.join(layout.separator(), texts));
    }

    private void printColumnsAsRows() {
        for (int i = 0; i < columns.all().size(); i++) {
            final ReportColumns.Column column = columns.all().get(i);
            if (column.hidden) {
                continue;
            }
            final List<String> texts = new ArrayList<>();
            if (layout.headings() > 0) {
                texts.add(heading(column));
            }
            for (Row row : rows) {
                texts.add(text(column, row.cells().get(i)));
            }
            shell.print(String.join(layout.separator(), texts));
        }
    }

    private String text(ReportColumns.Column column, Cell cell) {
        final String value = layout.aligned()
                ? padded(cell.text(), column.width, column.field.kind != Field.Kind.STRING)
                : cell.text();
        if (!layout.prefixes()) {
            return value;
        }
        final String quote = layout.quoted() ? "'" : "";
        return NAME_PREFIX + column.field.id().toUpperCase(Locale.ROOT) + "=" + quote + value + quote;
    }

    private static String padded(String text, int width, boolean right) {
        final int bytes = Cell.bytes(text);
        if (bytes > width) {
            return text.substring(0, Math.min(text.length(), width));
        }
        final String pad = " ".repeat(width - bytes);
        return right ? pad + text : text + pad;
    }

    private int compare(Row a, Row b) {
        for (ReportColumns.Column key : columns.keys()) {
            final int at = columns.all().indexOf(key);
            final Cell x = a.cells().get(at);
            final Cell y = b.cells().get(at);
            final int order = key.field.kind == Field.Kind.STRING
                    ? RawText.ofUtf8(x.key()).compareTo(RawText.ofUtf8(y.key()))
                    : Long.compareUnsigned(x.number(), y.number());
            if (order != 0) {
                return key.descending ? -order : order;
            }
        }
        return 0;
    }
}
