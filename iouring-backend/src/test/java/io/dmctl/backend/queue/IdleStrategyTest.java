package io.dmctl.backend.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdleStrategyTest {
    @Test
    void aWordIsReadAsItIsWritten() {
        for (String word : List.of("block", "spin", "spin-then-block:1", "spin-then-block:10000")) {
            assertEquals(word, IdleStrategy.of(word).word());
        }
        assertEquals(50_000, IdleStrategy.of("spin-then-block").spinNs());
        assertEquals(7_000, IdleStrategy.of("spin-then-block:7").spinNs());
    }

    @Test
    void anythingElseIsRefusedWithWhatThereIs() {
        for (String word : List.of(
                "",
                "Block",
                "spin:5",
                "spin-then-block:",
                "spin-then-block:0",
                "spin-then-block:10001",
                "spin-then-blockx")) {
            final IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> IdleStrategy.of(word), word);
            assertTrue(String.valueOf(e.getMessage()).contains("was '" + word + "'"), e.getMessage());
        }
    }
}
