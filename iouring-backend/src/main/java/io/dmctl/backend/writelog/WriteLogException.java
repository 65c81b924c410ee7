package io.dmctl.backend.writelog;

import java.io.IOException;

/// A log that is none, is damaged, or does not fit the device.
public final class WriteLogException extends IOException {
    private static final long serialVersionUID = 1L;

    public WriteLogException(String subject, String reason) {
        super(subject + ": " + reason);
    }
}
