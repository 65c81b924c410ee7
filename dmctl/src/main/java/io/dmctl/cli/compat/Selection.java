package io.dmctl.cli.compat;

import java.util.List;
import java.util.function.Function;

/// What `--select` asks of a row.
sealed interface Selection {
    /// `cells` gives the row's value of a column.
    boolean accepts(Function<ReportColumns.Column, Cell> cells);

    record And(List<Selection> parts) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return parts.stream().allMatch(part -> part.accepts(cells));
        }
    }

    record Or(List<Selection> parts) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return parts.stream().anyMatch(part -> part.accepts(cells));
        }
    }

    record Not(Selection part) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return !part.accepts(cells);
        }
    }

    /// A string found in another.
    record Match(ReportColumns.Column column, LibdmRegex regex, boolean not) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return regex.matches(cells.apply(column).key()) != not;
        }
    }

    record Text(ReportColumns.Column column, String value, boolean not) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return cells.apply(column).key().equals(value) != not;
        }
    }

    /// A number, unsigned as libdm compares all.
    record Amount(ReportColumns.Column column, Comparison comparison, long value) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            return comparison.holds(Long.compareUnsigned(cells.apply(column).number(), value));
        }
    }

    /// A size in sectors.
    record Size(ReportColumns.Column column, Comparison comparison, double sectors) implements Selection {
        @Override
        public boolean accepts(Function<ReportColumns.Column, Cell> cells) {
            final double difference = cells.apply(column).size() - sectors;
            return comparison.holds(Math.abs(difference) < Math.ulp(1.0) ? 0 : difference > 0 ? 1 : -1);
        }
    }

    enum Comparison {
        EQUAL,
        NOT_EQUAL,
        GREATER_OR_EQUAL,
        GREATER,
        LESS_OR_EQUAL,
        LESS;

        private boolean holds(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case GREATER_OR_EQUAL -> order >= 0;
                case GREATER -> order > 0;
                case LESS_OR_EQUAL -> order <= 0;
                case LESS -> order < 0;
            };
        }
    }
}
