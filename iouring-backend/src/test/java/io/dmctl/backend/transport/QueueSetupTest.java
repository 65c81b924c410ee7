package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueueSetupTest {
    @Test
    void itsWordsAreReadAsTheSame() {
        for (QueueSetup setup : List.of(
                new QueueSetup(1, 128, 1, "block", List.of()),
                new QueueSetup(2, 64, 1, "block", List.of()),
                new QueueSetup(1, 64, 3, "spin", List.of("0-1", "0-1", "0-1")),
                new QueueSetup(2, 4096, 2, "spin-then-block:50", List.of("0-1,4", "2-3")))) {
            assertEquals(setup, QueueSetup.parse(setup.words()));
        }
    }

    @Test
    void threadsAreToldWhereTheyAreNotTheQueues() {
        assertEquals(
                "2 x 64, idle block, on CPUs 0 1", new QueueSetup(2, 64, 2, "block", List.of("0", "1")).toString());
        assertEquals("2 x 64, 1 thread, idle block", new QueueSetup(2, 64, 1, "block", List.of()).toString());
        assertEquals("1 x 64, 3 threads, idle spin", new QueueSetup(1, 64, 3, "spin", List.of()).toString());
    }
}
