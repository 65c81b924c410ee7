package io.dmctl.targets.core;

import io.dmctl.targets.spi.HotPath;

/// Who made a request, and is told when it is done. One object serves all its requests.
public interface RequestSink {
    /// `request.status()` is 0 or `-errno`. On the thread that the request was submitted on; the request may be used
    /// again at once: what is submitted from here starts after this has returned.
    @HotPath
    void requestDone(Request request, IoThread thread);
}
