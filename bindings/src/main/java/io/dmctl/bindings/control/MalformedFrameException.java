package io.dmctl.bindings.control;

import java.io.IOException;

/// The peer sent something that is no frame of this protocol: the connection cannot be used any more.
public final class MalformedFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
        super(message);
    }
}
