package io.dmctl.cli;

import io.dmctl.bindings.control.DmCommand;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTableSyntaxException;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/// A failure in a user's terms: `dmctl COMMAND: subject: reason (ERRNO)`, a line with the remedy where one is known,
/// and the exit code.
record ErrorReport(ExitCode exitCode, String text, String remedy) {
    static ErrorReport of(Throwable failure) {
        return switch (failure) {
            case CommandFailure e -> new ErrorReport(e.exitCode(), e.getMessage(), e.remedy());
            case DmException e -> of(e);
            case DmTableSyntaxException e ->
                new ErrorReport(ExitCode.INVALID_TABLE, String.valueOf(e.getMessage()), "");
            case IOException e -> of(e);
            case UncheckedIOException e -> of(Objects.requireNonNull(e.getCause()));
            case InterruptedException e -> new ErrorReport(ExitCode.FAILED, "interrupted", "");
            default ->
                new ErrorReport(
                        ExitCode.FAILED, "internal error: " + failure, "DMCTL_DEBUG=1 prints where; please report it");
        };
    }

    private static ErrorReport of(DmException e) {
        final StringBuilder text = new StringBuilder(e.subject()).append(": ").append(Errno.describe(e.errno()));
        if (e.reason() != null) {
            text.append(": ").append(e.reason());
        }
        return new ErrorReport(exitCode(e), text.toString(), remedy(e));
    }

    static ExitCode exitCode(DmException e) {
        final boolean table = e.command() == DmCommand.TABLE_LOAD || e.command() == DmCommand.DEV_SUSPEND;
        return switch (e.errno()) {
            case Errno.EINVAL -> table ? ExitCode.INVALID_TABLE : ExitCode.FAILED;
            case Errno.ENXIO, Errno.ENODEV, Errno.ENOENT, Errno.ENOTBLK ->
                e.command() == DmCommand.TABLE_LOAD ? ExitCode.INVALID_TABLE : ExitCode.NOT_FOUND;
            default -> exitCode(e.errno());
        };
    }

    private static ExitCode exitCode(int errno) {
        return switch (errno) {
            case Errno.ENXIO, Errno.ENODEV, Errno.ENOENT -> ExitCode.NOT_FOUND;
            case Errno.EACCES, Errno.EPERM -> ExitCode.PERMISSION;
            case Errno.EBUSY, Errno.EEXIST -> ExitCode.BUSY;
            case Errno.ETIMEDOUT, Errno.ETIME -> ExitCode.TIMEOUT;
            case Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.ENOTTY -> ExitCode.UNSUPPORTED;
            default -> ExitCode.FAILED;
        };
    }

    private static String remedy(DmException e) {
        return switch (e.errno()) {
            case Errno.EBUSY ->
                switch (e.command()) {
                    case DEV_CREATE, DEV_RENAME -> "the name or uuid is taken: dmctl ls lists the devices";
                    case DEV_REMOVE -> "the device is open: unmount it, or remove what stands on it; --retry waits 5 s";
                    default -> "";
                };
            case Errno.EACCES, Errno.EPERM -> "run as root (CAP_SYS_ADMIN)";
            default -> "";
        };
    }

    private static ErrorReport of(IOException e) {
        return switch (e) {
            case ErrnoException x -> new ErrorReport(exitCode(x.errno()), x.getMessage(), "");
            case NoSuchFileException x -> file(ExitCode.NOT_FOUND, x, Errno.ENOENT);
            case AccessDeniedException x -> file(ExitCode.PERMISSION, x, Errno.EACCES);
            case FileNotFoundException x -> new ErrorReport(ExitCode.NOT_FOUND, String.valueOf(x.getMessage()), "");
            default -> new ErrorReport(ExitCode.FAILED, e.getMessage() == null ? e.toString() : e.getMessage(), "");
        };
    }

    private static ErrorReport file(ExitCode code, FileSystemException e, int errno) {
        return new ErrorReport(code, e.getFile() + ": " + Errno.describe(errno), "");
    }

    /// `prefix` is `dmctl COMMAND`.
    void print(PrintStream err, String prefix) {
        err.println(prefix + ": " + text);
        if (!remedy.isEmpty()) {
            err.println(prefix + ": " + remedy);
        }
    }
}
