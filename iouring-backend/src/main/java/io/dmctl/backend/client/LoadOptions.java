package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import java.util.List;

/// How a device of the Java engine is shown, decided at its first load: `transport` is auto, ublk, nbd or embedded;
/// `queues` and
/// `depth` 0 are the transport's own; `group` is empty for the one that the table decides.
public record LoadOptions(String transport, int queues, int depth, String group) {
    public static final LoadOptions DEFAULT = new LoadOptions("auto", 0, 0, "");

    DmAttachments attachments() {
        return new DmAttachments(
                List.of(), List.of("transport=" + transport, "queues=" + queues, "depth=" + depth, "group=" + group));
    }
}
