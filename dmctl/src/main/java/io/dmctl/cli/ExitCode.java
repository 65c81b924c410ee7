package io.dmctl.cli;

/// What the process ends with.
enum ExitCode {
    OK(0, "done"),
    FAILED(1, "failed"),
    USAGE(2, "the command line is wrong"),
    NOT_FOUND(3, "no such device or file"),
    PERMISSION(4, "not permitted"),
    BUSY(5, "in use, or the name is taken"),
    INVALID_TABLE(6, "the table is not valid"),
    TIMEOUT(7, "not over in time"),
    UNSUPPORTED(8, "not possible on this machine or engine"),
    ROLLED_BACK(9, "undone: the device is as it was"),
    DIFFERENT(10, "difference or corruption found");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }
}
