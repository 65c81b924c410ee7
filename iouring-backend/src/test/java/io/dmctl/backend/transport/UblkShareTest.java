package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UblkShareTest {
    /// As `queue:tag`.
    private static List<String> tagsOf(UblkShare share) {
        final List<String> all = new ArrayList<>();
        for (int slot = 0; slot < share.size(); slot++) {
            all.add(share.queue(slot) + ":" + share.tag(slot));
        }
        return all;
    }

    @Test
    void everyTagHasOneThreadAndEveryThreadATag() {
        for (int queues : new int[] {1, 2, 3, 7}) {
            for (int depth : new int[] {1, 2, 5, 32}) {
                for (int threads = 1; threads <= queues * depth; threads++) {
                    final Set<String> seen = new HashSet<>();
                    for (int t = 0; t < threads; t++) {
                        final UblkShare share = UblkShare.of(t, threads, queues, depth);
                        final String what = threads + " threads, " + queues + " queues of " + depth + ": " + t;
                        assertTrue(share.size() > 0, what);
                        for (String tag : tagsOf(share)) {
                            assertTrue(seen.add(tag), what + ": " + tag + " is another's, too");
                        }
                    }
                    assertEquals(queues * depth, seen.size(), threads + " threads, " + queues + " queues of " + depth);
                }
            }
        }
    }

    @Test
    void aQueuesTagsGoRoundItsThreads() {
        assertEquals(List.of("0:0", "0:3", "0:6"), tagsOf(UblkShare.of(0, 3, 1, 8)));
        assertEquals(List.of("0:2", "0:5"), tagsOf(UblkShare.of(2, 3, 1, 8)));
        assertEquals(List.of("0:0", "0:2"), tagsOf(UblkShare.of(0, 3, 2, 4))); // threads 0 and 2 have queue 0
        assertEquals(List.of("1:0", "1:1", "1:2", "1:3"), tagsOf(UblkShare.of(1, 3, 2, 4)));
    }

    @Test
    void withFewerThreadsAThreadHasWholeQueues() {
        assertEquals(List.of("0:0", "0:1", "2:0", "2:1"), tagsOf(UblkShare.of(0, 2, 3, 2)));
        assertEquals(List.of("1:0", "1:1"), tagsOf(UblkShare.of(1, 2, 3, 2)));
    }
}
