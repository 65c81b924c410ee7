package io.dmctl.backend.client;

import io.dmctl.bindings.control.DmAttachments;
import java.util.ArrayList;
import java.util.List;

/// How a device of the Java engine is shown, decided at its first load: `transport` is auto, ublk, nbd or embedded;
/// `queues` and `depth` 0 are the transport's own; `group` is empty for the one that the table decides. `modulePath`
/// has
/// target types beside the built-in ones: absolute paths with `:` between them, empty for those of the load before.
public record LoadOptions(String transport, int queues, int depth, String group, String modulePath) {
    public static final LoadOptions DEFAULT = new LoadOptions("auto", 0, 0, "");

    public LoadOptions(String transport, int queues, int depth, String group) {
        this(transport, queues, depth, group, "");
    }

    public LoadOptions withModulePath(String path) {
        return new LoadOptions(transport, queues, depth, group, path);
    }

    DmAttachments attachments() {
        final List<String> options = new ArrayList<>(
                List.of("transport=" + transport, "queues=" + queues, "depth=" + depth, "group=" + group));
        if (!modulePath.isEmpty()) {
            options.add("module-path=" + modulePath);
        }
        return new DmAttachments(List.of(), options);
    }
}
