package io.dmctl.lab;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The end of one test or container in the guest; it crosses to the host as a line of a file.
/// @param uniqueId JUnit's, the same on both sides
/// @param text empty, the reason of a skip, or the trace of a failure
record GuestResult(Outcome outcome, String uniqueId, String text) {
    enum Outcome {
        PASSED,
        ABORTED,
        FAILED
    }

    String toLine() {
        return outcome + "\t" + encode(uniqueId) + "\t" + encode(text) + "\n";
    }

    static GuestResult parse(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException("not a line of results: " + line);
        }
        return new GuestResult(Outcome.valueOf(fields[0]), decode(fields[1]), decode(fields[2]));
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
