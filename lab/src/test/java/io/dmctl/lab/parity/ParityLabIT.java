package io.dmctl.lab.parity;

import io.dmctl.lab.LabTest;
import java.nio.file.Files;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every target against the kernel's own, all proofs, in one boot; `docs/kernel-coverage.md` has the results.
/// `-Ddmctl.parity=linear,zero:T2` runs these rows and proofs only, `-Ddmctl.parity.seed=N` takes other random numbers.
@LabTest(
        disks = {"64M", "64M", "64M"},
        timeoutSeconds = 2400)
@Order(1) // the longest of all: begun first, so that no guest is left alone with it
@ExtendWith(CoveragePage.Writer.class)
class ParityLabIT {
    private static @Nullable Bench bench;

    /// A row and one of its proofs.
    record Cell(ParityRow row, Proof proof) {
        @Override
        public String toString() {
            return row.target() + " " + proof;
        }
    }

    static Stream<Cell> cells() {
        return ParityRows.all().stream()
                .flatMap(row -> Stream.of(Proof.values())
                        .filter(proof -> ParityRows.isSelected(row, proof)
                                && !row.exempt().containsKey(proof))
                        .map(proof -> new Cell(row, proof)));
    }

    @BeforeAll
    static void open() throws Exception {
        Files.deleteIfExists(CoveragePage.results());
        bench = Bench.open();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void parity(Cell cell) throws Exception {
        final Bench open = Objects.requireNonNull(bench);
        final long begin = System.nanoTime();
        boolean passed = false;
        try {
            cell.proof().prover().prove(open, cell.row());
            passed = true;
        } finally {
            open.clear();
            CoveragePage.record(cell.row(), cell.proof(), passed);
            System.out.println(cell + ": " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        }
    }

    @AfterAll
    static void close() throws Exception {
        if (bench != null) {
            bench.close();
        }
    }
}
