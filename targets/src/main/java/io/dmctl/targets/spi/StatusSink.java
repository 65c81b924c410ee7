package io.dmctl.targets.spi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Collects a status line as bytes, so that a key never becomes a String.
public final class StatusSink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public StatusSink() {}

    public StatusSink text(String s) {
        out.writeBytes(s.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public StatusSink number(long n) {
        return text(Long.toUnsignedString(n));
    }

    public StatusSink bytes(byte[] b) {
        out.writeBytes(b);
        return this;
    }

    public byte[] toByteArray() {
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
