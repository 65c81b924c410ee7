package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import java.util.List;

/// How a device of the Java engine is shown, decided at its first load: `transport` is auto, ublk, nbd or
/// embedded; `queues` and `depth` 0 are the transport's own; `group` is empty for the one that the table
/// decides; `recovery` is none, fail, queue or reissue ([io.dmctl.backend.transport.RecoveryPolicy]).
public record LoadOptions(String transport, int queues, int depth, String group, String recovery) {
    public static final LoadOptions DEFAULT = new LoadOptions("auto", 0, 0, "");

    /// A device that does not come back after the death of its server.
    public LoadOptions(String transport, int queues, int depth, String group) {
        this(transport, queues, depth, group, "none");
    }

    /// As `KEY=VALUE`.
    List<String> words() {
        return List.of(
                "transport=" + transport,
                "queues=" + queues,
                "depth=" + depth,
                "group=" + group,
                "recovery=" + recovery);
    }

    DmAttachments attachments() {
        return new DmAttachments(List.of(), words());
    }
}
