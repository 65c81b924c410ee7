package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

/// While it is up.
class FlakeyContractTest extends TargetContractTest {
    private static final int START = 8;

    @Override
    protected TargetType type() {
        return OurTargets.named("flakey");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 240;
    }

    @Override
    protected String params(List<String> devices) {
        return devices.getFirst() + " " + START + " 4000000 1 4 random_write_corrupt 7 random_read_corrupt 8";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected List<BadLine> badLines() {
        final String direction = "Invalid corrupt bio direction (r or w)";
        final String writes =
                "_writes is incompatible with random_write_corrupt or corrupt_bio_byte with the WRITE flag set";
        final String reads =
                "error_reads is incompatible with random_read_corrupt or corrupt_bio_byte with the READ flag set";
        return List.of(
                new BadLine("", "Invalid argument count", 22, 0),
                new BadLine("d0 0 1", "Invalid argument count", 22, 3),
                new BadLine("nosuch x 1 1", "Invalid device sector", 22, 1),
                new BadLine("nosuch 0 x 1", "Invalid up interval", 22, 2),
                new BadLine("d0 0 +1 1", "Invalid up interval", 22, 2),
                new BadLine("d0 0 1 x", "Invalid down interval", 22, 3),
                new BadLine("d0 0 0 0", "Total (up + down) interval is zero", 22, 2),
                new BadLine("d0 0 1 4294967295", "Total (up + down) interval is zero", 22, 2),
                new BadLine("d0 0 2 4294967295", "Interval overflow", 22, 2),
                new BadLine("d0 0 1 1 x", "Invalid number of feature args", 22, 4),
                new BadLine("d0 0 1 1 12 a b c d e f g h i j k l", "Invalid number of feature args", 22, 4),
                new BadLine("d0 0 1 1 2 error_reads", "Invalid number of feature args", 22, 4),
                new BadLine("d0 0 1 1 1 fail_reads", "Unrecognised flakey feature requested", 22, 5),
                new BadLine("d0 0 1 1 2 error_reads Error_Reads", "Feature error_reads duplicated", 22, 6),
                new BadLine("d0 0 1 1 2 drop_writes drop_writes", "Feature drop_writes duplicated", 22, 6),
                new BadLine("d0 0 1 1 2 error_writes error_writes", "Feature error_writes duplicated", 22, 6),
                new BadLine(
                        "d0 0 1 1 2 error_writes drop_writes",
                        "Feature drop_writes conflicts with feature error_writes",
                        22,
                        6),
                new BadLine(
                        "d0 0 1 1 2 drop_writes error_writes",
                        "Feature error_writes conflicts with feature drop_writes",
                        22,
                        6),
                new BadLine("d0 0 1 1 5 corrupt_bio_byte 1 r 1", "Invalid number of feature args", 22, 4),
                new BadLine(
                        "d0 0 1 1 4 corrupt_bio_byte 1 r 1 0", "Feature corrupt_bio_byte requires 4 parameters", 22, 5),
                new BadLine("d0 0 1 1 5 corrupt_bio_byte 0 r 1 0", "Invalid corrupt bio byte", 22, 6),
                new BadLine("d0 0 1 1 5 corrupt_bio_byte 1 x 1 0", direction, 22, 7),
                new BadLine(
                        "d0 0 1 1 5 corrupt_bio_byte 1 r 256 0",
                        "Invalid corrupt value to write into bio byte (0-255)",
                        22,
                        8),
                new BadLine("d0 0 1 1 5 corrupt_bio_byte 1 r 1 x", "Invalid corrupt bio flags mask", 22, 9),
                new BadLine(
                        "d0 0 1 1 10 corrupt_bio_byte 1 r 1 0 corrupt_bio_byte 1 w 1 0",
                        "Feature corrupt_bio_byte duplicated",
                        22,
                        10),
                new BadLine(
                        "d0 0 1 1 1 random_read_corrupt 5", "Feature random_read_corrupt requires a parameter", 22, 5),
                new BadLine("d0 0 1 1 2 random_read_corrupt 1000000001", "Invalid random corrupt argument", 22, 6),
                new BadLine(
                        "d0 0 1 1 4 random_read_corrupt 5 random_read_corrupt 5",
                        "Feature random_read_corrupt duplicated",
                        22,
                        7),
                new BadLine(
                        "d0 0 1 1 1 random_write_corrupt 5",
                        "Feature random_write_corrupt requires a parameter",
                        22,
                        5),
                new BadLine(
                        "d0 0 1 1 4 random_write_corrupt 5 random_write_corrupt 0",
                        "Feature random_write_corrupt duplicated",
                        22,
                        7),
                new BadLine("d0 0 1 1 6 drop_writes corrupt_bio_byte 1 w 1 0", "drop" + writes, 22, -1),
                new BadLine("nosuch 0 1 1 3 drop_writes random_write_corrupt 1", "drop" + writes, 22, -1),
                new BadLine("d0 0 1 1 6 corrupt_bio_byte 1 w 1 0 error_writes", "error" + writes, 22, -1),
                new BadLine("d0 0 1 1 6 corrupt_bio_byte 1 r 1 0 error_reads", reads, 22, -1),
                new BadLine("d0 0 1 1 3 error_reads random_read_corrupt 1", reads, 22, -1),
                new BadLine("nosuch 0 1 1", "Device lookup failed", 2, 0));
    }
}
