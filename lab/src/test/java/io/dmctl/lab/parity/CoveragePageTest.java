package io.dmctl.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// The page names every row and proof that there is, no other, and nothing on it has failed. `lab/parity TARGET` writes
/// what is missing.
class CoveragePageTest {
    @Test
    void pageHasEveryRowAndNoOther() throws IOException {
        final String page = Files.readString(CoveragePage.page());
        assertEquals(CoveragePage.render(ParityRows.all(), CoveragePage.parse(page)), CoveragePage.written(page));
    }

    @Test
    void everyProofHasPassed() throws IOException {
        final CoveragePage.Results results = CoveragePage.parse(Files.readString(CoveragePage.page()));
        for (ParityRow row : ParityRows.all()) {
            for (Proof proof : Proof.values()) {
                if (!row.exempt().containsKey(proof)) {
                    assertEquals(CoveragePage.PASS, results.get(row.target(), proof), row.target() + " " + proof);
                }
            }
        }
    }

    @Test
    void everyRowHasItsTargetsPage() {
        for (ParityRow row : ParityRows.all()) {
            assertTrue(
                    Files.exists(CoveragePage.page().resolveSibling("targets/" + row.target() + ".md")), row.target());
        }
    }
}
