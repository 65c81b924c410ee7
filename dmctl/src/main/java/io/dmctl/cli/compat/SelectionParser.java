package io.dmctl.cli.compat;

import io.dmctl.cli.compat.Selection.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Reads a selection: `FIELD OP VALUE`, joined by `&&` or `,` and by `||` or `#`, in parentheses, negated by `!(`.
final class SelectionParser {
    /// Longer ones before those that they begin with.
    private static final String[] OPERATORS = {
        "=~", "!~", "=", "!=", ">=", ">", "<=", "<", "since", "after", "until", "before"
    };

    private static final String[] AND = {"&&", ","};
    private static final String[] OR = {"||", "#"};

    private final ReportColumns columns;
    private final String text;
    private final Shell shell;
    private int at;

    SelectionParser(ReportColumns columns, String text, Shell shell) {
        this.columns = columns;
        this.text = text;
        this.shell = shell;
    }

    Selection parse() throws Failed {
        final Selection all;
        try {
            all = or();
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
        at = Numbers.skipSpace(text, at);
        if (at < text.length()) {
            shell.error("Expecting logical operator");
            throw syntax(at);
        }
        return all;
    }

    private Failed syntax(int where) {
        shell.error("Selection syntax error at '" + text.substring(where) + "'.");
        return shell.failed("Use 'help' for selection to get more help.");
    }

    private Selection or() throws Failed {
        final List<Selection> parts = new ArrayList<>();
        do {
            parts.add(and());
        } while (takes(OR));
        return parts.size() == 1 ? parts.getFirst() : new Selection.Or(parts);
    }

    private Selection and() throws Failed {
        final List<Selection> parts = new ArrayList<>();
        do {
            parts.add(one());
        } while (takes(AND));
        return parts.size() == 1 ? parts.getFirst() : new Selection.And(parts);
    }

    private Selection one() throws Failed {
        if (takes("!")) {
            if (!takes("(")) {
                throw shell.failed("Syntax error: left parenthesis expected at '" + text.substring(at) + "'");
            }
            return new Selection.Not(inParentheses());
        }
        if (takes("(")) {
            return inParentheses();
        }
        at = Numbers.skipSpace(text, at);
        return comparison();
    }

    private Selection inParentheses() throws Failed {
        final Selection inner = or();
        if (!takes(")")) {
            throw shell.failed("Syntax error: right parenthesis expected at '" + text.substring(at) + "'");
        }
        return inner;
    }

    private boolean takes(String... operators) {
        final String found = operatorAt(at, operators);
        if (found == null) {
            return false;
        }
        at = Numbers.skipSpace(text, at) + found.length();
        return true;
    }

    private @Nullable String operatorAt(int from, String... operators) {
        final int where = Numbers.skipSpace(text, from);
        for (String operator : operators) {
            if (text.startsWith(operator, where)) {
                return operator;
            }
        }
        return null;
    }

    private Selection comparison() throws Failed {
        final int from = at;
        final Field field = field(from);
        final int behindField = at;
        final String operator = operatorAt(at, OPERATORS);
        if (operator == null) {
            new ReportHelp(shell).selection();
            shell.error("Unrecognised comparison operator: " + text.substring(behindField));
            throw syntax(from);
        }
        takes(operator);
        at = Numbers.skipSpace(text, at);
        if (!operator.endsWith("~")) {
            requireFitting(field, operator, from);
        }
        try {
            return compared(field, operator, from);
        } catch (Failed e) {
            throw shell.backtrace(e);
        }
    }

    private Selection compared(Field field, String operator, int from) throws Failed {
        if (operator.endsWith("~")) {
            return match(field, operator.startsWith("!"), from);
        }
        return field.kind == Field.Kind.STRING
                ? new Selection.Text(columns.column(field), string(field, "string", from), operator.startsWith("!"))
                : numeric(field, operator, from);
    }

    private Field field(int from) throws Failed {
        while (at < text.length() && isFieldChar(text.charAt(at))) {
            at++;
        }
        final String name = text.substring(from, at);
        if (name.isEmpty()) {
            shell.error("Expecting field name");
            throw syntax(from);
        }
        final Field field = columns.find(name);
        if (field == null || field.isHelp()) {
            new ReportHelp(shell).fields(false, true);
            shell.error(" ");
            shell.error(
                    field == null
                            ? "Unrecognised selection field: " + name
                            : "Selection field is uncomparable: " + name + ".");
            throw syntax(from);
        }
        return field;
    }

    private static boolean isFieldChar(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
    }

    private void requireFitting(Field field, String operator, int from) throws Failed {
        final boolean ordering = operator.startsWith(">") || operator.startsWith("<");
        final boolean time = Character.isLetter(operator.charAt(0));
        if ((ordering && field.kind == Field.Kind.STRING) || time) {
            new ReportHelp(shell).selection();
            shell.error("Operator can be used only with " + (time ? "time" : "number, size, time or percent")
                    + " fields: " + text.substring(from));
            throw syntax(from);
        }
    }

    private Selection match(Field field, boolean not, int from) throws Failed {
        if (at == text.length()) {
            shell.error("Regular expression expected for selection field " + field.id());
            throw syntax(from);
        }
        final String quotes = "\"\"''(){}[]";
        final int open = quotes.indexOf(text.charAt(at));
        final char close = open < 0 ? 0 : quotes.charAt(open | 1);
        final String value = value(close);
        if (value == null) {
            shell.error("Failed to parse regex value for selection field " + field.id() + ".");
            throw syntax(from);
        }
        at = Numbers.skipSpace(text, at);
        if (field.kind != Field.Kind.STRING) {
            throw shell.failed("dm_report: incompatible comparison type for selection field " + field.id());
        }
        try {
            return new Selection.Match(columns.column(field), new LibdmRegex(value), not);
        } catch (PatternSyntaxException e) {
            throw shell.failed("dm_report: failed to create regex matcher for selection field " + field.id());
        }
    }

    private String string(Field field, String what, int from) throws Failed {
        final char quote =
                at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'') ? text.charAt(at) : 0;
        final String value = value(quote);
        if (value == null) {
            shell.error("Failed to parse " + what + " value for selection field " + field.id() + ".");
            throw syntax(from);
        }
        at = Numbers.skipSpace(text, at);
        return value;
    }

    /// A value up to `close`, or without one up to a blank or an operator; null without its end.
    private @Nullable String value(char close) {
        if (close != 0) {
            final int from = at + 1;
            final int end = text.indexOf(close, from);
            if (end < 0) {
                shell.error("Missing end quote.");
                return null;
            }
            at = end + 1;
            return text.substring(from, end);
        }
        final int from = at;
        while (at < text.length()
                && text.charAt(at) != ' '
                && operatorAt(at, AND) == null
                && operatorAt(at, OR) == null
                && operatorAt(at, ")") == null) {
            at++;
        }
        return text.substring(from, at);
    }

    private Selection numeric(Field field, String operator, int from) throws Failed {
        final int begin = at;
        boolean point = false;
        while (at < text.length() && (Numbers.skipDigits(text, at) > at || (text.charAt(at) == '.' && !point))) {
            point |= text.charAt(at) == '.';
            at++;
        }
        final String digits = text.substring(begin, at);
        final boolean isSize = field.kind == Field.Kind.SIZE;
        String wrong = "";
        if (digits.isEmpty()) {
            wrong = "Failed to parse numeric value for selection field " + field.id() + ".";
        } else if (text.startsWith("%", at)) {
            wrong = "Found percent value but " + (isSize ? "size" : "numeric") + " value expected for selection field "
                    + field.id() + ".";
        }
        final long factor = wrong.isEmpty() ? Units.factor(text, at) : 0;
        if (factor != 0 && !isSize) {
            wrong = "Found size unit specifier but numeric value expected for selection field " + field.id() + ".";
        }
        if (!wrong.isEmpty()) {
            shell.error(wrong);
            throw syntax(from);
        }
        if (factor != 0) {
            at++;
        }
        at = Numbers.skipSpace(text, at);
        final Comparison comparison = comparisonOf(operator);
        return isSize
                ? new Selection.Size(columns.column(field), comparison, Units.sectors(digits, factor))
                : new Selection.Amount(columns.column(field), comparison, whole(field, digits));
    }

    private long whole(Field field, String digits) throws Failed {
        final int point = digits.indexOf('.');
        final String number = point < 0 ? digits : digits.substring(0, point);
        try {
            return number.isEmpty() ? 0 : Long.parseUnsignedLong(number);
        } catch (NumberFormatException e) {
            throw shell.failed(
                    "Field selection value " + digits + " out of supported range for field " + field.id() + ".");
        }
    }

    private static Comparison comparisonOf(String operator) {
        return switch (operator) {
            case "=" -> Comparison.EQUAL;
            case "!=" -> Comparison.NOT_EQUAL;
            case ">=" -> Comparison.GREATER_OR_EQUAL;
            case ">" -> Comparison.GREATER;
            case "<=" -> Comparison.LESS_OR_EQUAL;
            case "<" -> Comparison.LESS;
            default -> throw new IllegalArgumentException(operator);
        };
    }
}
