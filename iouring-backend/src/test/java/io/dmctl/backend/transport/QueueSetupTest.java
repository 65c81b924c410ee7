package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueueSetupTest {
    @Test
    void itsWordsAreReadAsTheSame() {
        for (QueueSetup setup : List.of(
                new QueueSetup(1, 128, "block", List.of()),
                new QueueSetup(2, 4096, "spin-then-block:50", List.of("0-1,4", "2-3")))) {
            assertEquals(setup, QueueSetup.parse(setup.words()));
        }
    }
}
