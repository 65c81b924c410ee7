package io.dmctl.cli.compat;

import java.util.Locale;

/// What reports say about their fields and about selecting, on standard error.
final class ReportHelp {
    /// As long as the longest name of a field.
    private static final int NAME_WIDTH = Field.WRITES_MERGED_PER_SEC.id().length();

    private final Shell shell;

    ReportHelp(Shell shell) {
        this.shell = shell;
    }

    /// @param withAll also the names that stand for whole sections
    /// @param withKinds how each can be compared
    void fields(boolean withAll, boolean withKinds) {
        String section = "";
        for (Field field : Field.all()) {
            if (!field.type.description.equals(section)) {
                if (!section.isEmpty()) {
                    shell.error(" ");
                }
                section = field.type.description;
                shell.error(section + " Fields");
                shell.error("-".repeat(section.length() + " Fields".length()));
                if (withAll && field.type != Field.Type.SPECIAL) {
                    line(field.type.prefix + "all", "All fields in this section.");
                }
            }
            line(field.id(), field.description + (withKinds ? kind(field) : ""));
        }
    }

    private static String kind(Field field) {
        return " [" + (field.isHelp() ? "unselectable " : "")
                + field.kind.name().toLowerCase(Locale.ROOT) + "]";
    }

    private void line(String name, String text) {
        shell.error("  " + name + " ".repeat(NAME_WIDTH - name.length()) + " - " + text);
    }

    void selection() {
        shell.err().print("""
                Selection operands
                ------------------
                  field               - Reporting field.
                  number              - Non-negative integer value.
                  size                - Floating point value with units, 'm' unit used by default if not specified.
                  percent             - Non-negative integer with or without % suffix.
                  string              - Characters quoted by ' or " or unquoted.
                  string list         - Strings enclosed by [ ] or { } and elements delimited by either
                                        "all items must match" or "at least one item must match" operator.
                  regular expression  - Characters quoted by ' or " or unquoted.
                \s
                Selection operators
                -------------------
                  Comparison operators:
                        =~  - Matching regular expression. [regex]
                        !~  - Not matching regular expression. [regex]
                         =  - Equal to. [number, size, percent, string, string list, time]
                        !=  - Not equal to. [number, size, percent, string, string_list, time]
                        >=  - Greater than or equal to. [number, size, percent, time]
                         >  - Greater than. [number, size, percent, time]
                        <=  - Less than or equal to. [number, size, percent, time]
                         <  - Less than. [number, size, percent, time]
                     since  - Since specified time (same as '>='). [time]
                     after  - After specified time (same as '>'). [time]
                     until  - Until specified time (same as '<='). [time]
                    before  - Before specified time (same as '<'). [time]
                \s
                  Logical and grouping operators:
                      &&  - All fields must match
                       ,  - All fields must match
                      ||  - At least one field must match
                       #  - At least one field must match
                       !  - Logical negation
                       (  - Left parenthesis
                       )  - Right parenthesis
                       [  - List start
                       ]  - List end
                       {  - List subset start
                       }  - List subset end
                \s
                """);
    }
}
