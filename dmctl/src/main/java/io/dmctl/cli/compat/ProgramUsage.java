package io.dmctl.cli.compat;

/// What is said about how a program is called, on standard error.
///
/// @param program `dmsetup`, `dmstats` or `dmsetup stats`
record ProgramUsage(Shell shell, String program) {
    boolean isStats() {
        return !program.equals("dmsetup");
    }

    /// The name of the process that this is.
    String process() {
        return program.equals("dmstats") ? program : "dmsetup";
    }

    void print() {
        shell.err().print(isStats() ? StatsUsage.of(program) : UsageText.of(program));
    }

    /// As [#print]; `fields`: the fields of reports behind it.
    void print(boolean fields) {
        print();
        if (fields) {
            new ReportHelp(shell).fields(true, false);
            shell.error(" ");
        }
    }
}
