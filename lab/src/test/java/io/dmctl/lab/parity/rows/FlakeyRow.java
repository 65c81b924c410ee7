package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `flakey DEVICE OFFSET UP DOWN [WORDS FEATURE...]`
public final class FlakeyRow implements ParityRow {
    private static final String WHOLE = "0 8192 flakey ";

    @Override
    public String target() {
        return "flakey";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String down = disks.path(0) + " 0 0 1 ";
        return Stream.concat(
                        mapTables(disks).stream(),
                        Stream.of(
                                "0 8 flakey " + down + "0",
                                "0 8 flakey " + down + "1 DROP_WRITES more words",
                                "0 8 flakey " + down + "2 random_read_corrupt 0",
                                "0 8 flakey " + down + "2 random_read_corrupt 1000000000",
                                "0 8 flakey " + down + "4 random_write_corrupt 1 random_read_corrupt 4294967297",
                                "0 8 flakey " + down
                                        + "9 random_write_corrupt 5 Corrupt_Bio_Byte 7 R 255 4294967295 random_read_corrupt 6",
                                "0 8 flakey " + disks.path(0) + " 0 4294967295 0",
                                "0 8 flakey " + disks.path(0) + " 0 1 4294967294 2 error_writes error_reads"))
                .toList();
    }

    /// Those whose state does not change with the time. Where reads are corrupted the whole device is one bio, on
    /// either
    /// engine.
    @Override
    public List<String> mapTables(Disks disks) {
        final String down = disks.path(0) + " 0 0 1 ";
        return List.of(
                "0 8000 flakey " + disks.path(0) + " 10 1 0",
                "0 8000 flakey " + disks.path(0) + " 0 100000 1 1 drop_writes",
                WHOLE + down,
                WHOLE + down + "1 error_reads",
                WHOLE + down + "1 error_writes",
                WHOLE + down + "1 drop_writes",
                WHOLE + down + "2 error_reads drop_writes",
                WHOLE + down + "5 corrupt_bio_byte 1 w 7 0",
                "0 500 flakey " + down + "5 corrupt_bio_byte 5000 r 7 0",
                WHOLE + down + "5 corrupt_bio_byte 600 w 0 1",
                "0 500 flakey " + down + "6 drop_writes corrupt_bio_byte 2 r 255 0",
                "0 100 linear " + disks.path(0) + " 0\n100 100 flakey " + disks.path(0) + " 100 0 1 1 error_writes");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        return Stream.of(
                        "",
                        a,
                        a + " 0 1",
                        a + " x 1 1",
                        a + " 0 x 1",
                        a + " 0 +1 1",
                        a + " 0 1 x",
                        a + " 0 0 0",
                        a + " 0 1 4294967295",
                        a + " 0 2 4294967295",
                        a + " 8185 1 1",
                        "/dev/nosuch 0 1 1",
                        "/dev/nosuch 0 1 1 1 what",
                        a + " 0 1 1 x",
                        a + " 0 1 1 1",
                        a + " 0 1 1 12 a b c d e f g h i j k l",
                        a + " 0 1 1 1 what",
                        a + " 0 1 1 2 error_reads error_reads",
                        a + " 0 1 1 2 drop_writes drop_writes",
                        a + " 0 1 1 2 error_writes error_writes",
                        a + " 0 1 1 2 drop_writes error_writes",
                        a + " 0 1 1 2 error_writes drop_writes",
                        a + " 0 1 1 4 corrupt_bio_byte 1 r 1 0",
                        a + " 0 1 1 5 corrupt_bio_byte 0 r 1 0",
                        a + " 0 1 1 5 corrupt_bio_byte 1 x 1 0",
                        a + " 0 1 1 5 corrupt_bio_byte 1 r 256 0",
                        a + " 0 1 1 5 corrupt_bio_byte 1 r 1 x",
                        a + " 0 1 1 10 corrupt_bio_byte 1 r 1 0 corrupt_bio_byte 1 r 1 0",
                        a + " 0 1 1 1 random_read_corrupt",
                        a + " 0 1 1 2 random_read_corrupt 1000000001",
                        a + " 0 1 1 4 random_read_corrupt 1 random_read_corrupt 1",
                        a + " 0 1 1 1 random_write_corrupt",
                        a + " 0 1 1 4 random_write_corrupt 1 random_write_corrupt 1",
                        a + " 0 1 1 6 drop_writes corrupt_bio_byte 1 w 1 0",
                        a + " 0 1 1 3 drop_writes random_write_corrupt 1",
                        a + " 0 1 1 6 error_writes corrupt_bio_byte 1 w 1 0",
                        a + " 0 1 1 3 error_writes random_write_corrupt 1",
                        a + " 0 1 1 6 error_reads corrupt_bio_byte 1 r 1 0",
                        a + " 0 1 1 3 error_reads random_read_corrupt 1")
                .map(params -> "0 8 flakey " + params)
                .toList();
    }

    @Override
    public List<String> oddWords(Disks disks) {
        return List.of(
                "error_reads",
                "drop_writes",
                "error_writes",
                "corrupt_bio_byte",
                "random_read_corrupt",
                "random_write_corrupt",
                "r",
                "W",
                "5",
                "256",
                "1000000000");
    }

    @Override
    public int fuzzCount() {
        return 160;
    }

    /// A byte is counted in a bio: so none is larger than a request of the ublk device, and there are no zeros to be
    /// written, which each engine cuts in its own way.
    @Override
    public OpMix ops() {
        return new OpMix(60, 6, 6, 2, 2, 0, 1, 1, 256, 4, 1);
    }

    @Override
    public Map<Proof, String> exempt() {
        final String why = "it keeps nothing on the disk, and loses writes by design";
        return Map.of(Proof.T3, why, Proof.T4, why, Proof.T5, why);
    }
}
