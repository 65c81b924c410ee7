package io.dmctl.backend.client;

/// Who runs a device: the kernel's device-mapper, or ours.
public enum Engine {
    KERNEL("kernel"),
    JAVA("java");

    private final String word;

    Engine(String word) {
        this.word = word;
    }

    /// As in `--engine`.
    public String word() {
        return word;
    }
}
