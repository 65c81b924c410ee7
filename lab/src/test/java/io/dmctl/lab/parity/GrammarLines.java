package io.dmctl.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Lines of a kernel's target: good ones, bad ones with each error text that a line alone can raise, and the words that
/// a mutator strews in. Of targets that we have, those are of the parity rows; of the others they are here. Disks A
/// to D are /dev/ubda to /dev/ubdd.
///
/// @param disks what devices the lines may name
/// @param words the target's own, for the mutator
/// @param companions devices that must be there, by name, with their tables
/// @param readOnly whether the tables are loaded read-only
/// @param mayLoad false of what takes the kernel down
record GrammarLines(
        String type,
        List<String> good,
        List<String> bad,
        List<String> disks,
        List<String> words,
        Map<String, String> companions,
        boolean readOnly,
        Predicate<String> mayLoad) {
    static final String POOL = "grammar_pool_dmctl_test_delme";

    private static final String A = "/dev/ubda";
    private static final String B = "/dev/ubdb";
    private static final String C = "/dev/ubdc";
    private static final String D = "/dev/ubdd";

    private static GrammarLines of(String type, List<String> good, List<String> bad, String... words) {
        final List<String> disks = type.equals("thin") ? List.of("/dev/mapper/" + POOL, D) : List.of(A, B, C, D);
        return new GrammarLines(
                type, lines(type, good), lines(type, bad), disks, List.of(words), Map.of(), false, table -> true);
    }

    private static List<String> lines(String type, List<String> params) {
        return params.stream().map(p -> "0 8192 " + type + " " + p).toList();
    }

    private static GrammarLines of(ParityRow row) {
        final Disks disks = new Disks(List.of(A, B, C, D), row.diskSectors(), "k");
        final Map<String, String> companions = new TreeMap<>();
        row.companions(disks).forEach(c -> companions.put(disks.deviceName(c.name()), c.table()));
        return new GrammarLines(
                row.target(),
                row.goodTables(disks),
                row.badTables(disks),
                disks.paths(),
                row.oddWords(disks),
                companions,
                row.readOnly(),
                row::mayFuzz);
    }

    boolean mayLoad(String table) {
        return mayLoad.test(table);
    }

    static List<GrammarLines> all() {
        final List<GrammarLines> all = new ArrayList<>(List.of(
                thinPool(),
                thin(),
                cache(),
                era(),
                cloneLines(),
                writecache(),
                ebs(),
                integrity(),
                multipath(),
                raid(),
                zoned(),
                vdo()));
        ParityRows.all().forEach(row -> all.add(of(row)));
        final String only = System.getProperty("dmctl.parity", "");
        all.removeIf(lines -> !only.isEmpty() && !List.of(only.split(",", -1)).contains(lines.type()));
        return all;
    }

    private static GrammarLines thinPool() {
        final String devices = A + " " + B + " ";
        return of(
                "thin-pool",
                List.of(
                        devices + "128 0",
                        devices + "2097152 18446744073709551615 0",
                        devices + "384 10 1 skip_block_zeroing",
                        devices + "128 0 4 skip_block_zeroing IGNORE_DISCARD no_discard_passdown error_if_no_space"),
                List.of(
                        "",
                        devices + "128",
                        A + " " + A + " 128 0",
                        "/dev/nosuch " + B + " 128 0",
                        A + " /dev/nosuch 128 0",
                        devices + "100 0",
                        devices + "64 0",
                        devices + "4194304 0",
                        devices + "128 x",
                        devices + "128 0 5 a b c d e",
                        devices + "128 0 2 skip_block_zeroing",
                        devices + "128 0 1 nosuch"),
                "skip_block_zeroing",
                "ignore_discard",
                "no_discard_passdown",
                "error_if_no_space",
                "128");
    }

    private static GrammarLines thin() {
        final String pool = "/dev/mapper/" + POOL;
        return of(
                "thin",
                List.of(pool + " 0", pool + " +1", pool + " 0 " + D),
                List.of(
                        pool,
                        pool + " 0 " + pool,
                        pool + " 16777216",
                        pool + " x",
                        pool + " 0 /dev/nosuch",
                        "/dev/nosuch 0",
                        pool + " 0 " + D + " x"),
                pool,
                "16777215",
                "16777216");
    }

    private static GrammarLines cache() {
        final String devices = A + " " + B + " " + C + " ";
        return of(
                "cache",
                List.of(
                        devices + "64 0 smq 0",
                        devices + "128 1 writethrough default 2 migration_threshold 1000",
                        devices + "64 3 metadata2 writeback no_discard_passdown cleaner 0",
                        devices + "192 1 passthrough mq 4 sequential_threshold 1 MIGRATION_THRESHOLD 0"),
                List.of(
                        "",
                        A,
                        A + " " + B,
                        devices.strip(),
                        "/dev/nosuch " + B + " " + C + " 64 0 smq 0",
                        A + " /dev/nosuch " + C + " 64 0 smq 0",
                        A + " " + B + " /dev/nosuch 64 0 smq 0",
                        devices + "63 0 smq 0",
                        devices + "2097152 0 smq 0",
                        devices + "64 4 a b c d smq 0",
                        devices + "64 1 nosuch smq 0",
                        devices + "64 2 writeback writethrough smq 0",
                        devices + "64 0",
                        devices + "64 0 nosuch 0",
                        devices + "64 0 smq 2 sequential_threshold 1",
                        devices + "64 0 mq 2 sequential_threshold x",
                        devices + "64 0 smq 1 migration_threshold",
                        devices + "64 0 smq 5 a b"),
                "writeback",
                "writethrough",
                "metadata2",
                "migration_threshold",
                "mq",
                "cleaner",
                "64");
    }

    private static GrammarLines era() {
        return of(
                "era",
                List.of(A + " " + B + " 8", A + " " + B + " 128", A + " " + B + " 24"),
                List.of(
                        A + " " + B,
                        "/dev/nosuch " + B + " 8",
                        A + " /dev/nosuch 8",
                        A + " " + B + " x",
                        A + " " + B + " 0",
                        A + " " + B + " 12",
                        A + " " + B + " 8 8"),
                "8",
                "12");
    }

    private static GrammarLines cloneLines() {
        final String devices = A + " " + B + " " + C + " ";
        return of(
                "clone",
                List.of(
                        devices + "8",
                        devices + "1024 1 no_hydration",
                        devices
                                + "64 2 NO_HYDRATION no_discard_passdown 4 hydration_threshold 2 hydration_batch_size 3"),
                List.of(
                        devices.strip(),
                        devices + "4",
                        devices + "x",
                        devices + "24",
                        "/dev/nosuch " + B + " " + C + " 8",
                        A + " /dev/nosuch " + C + " 8",
                        A + " " + B + " /dev/nosuch 8",
                        devices + "8 3 a b c",
                        devices + "8 1 nosuch",
                        devices + "8 0 5 a b c d e",
                        devices + "8 0 3 a b c",
                        devices + "8 0 2 nosuch 1",
                        devices + "8 0 2 hydration_threshold x"),
                "no_hydration",
                "no_discard_passdown",
                "hydration_threshold",
                "hydration_batch_size");
    }

    private static GrammarLines writecache() {
        final String devices = "s " + A + " " + B + " ";
        return of(
                "writecache",
                List.of(
                        devices + "4096 0",
                        "S " + A + " " + B + " 512 4 high_watermark 60 low_watermark 40",
                        devices
                                + "1024 9 start_sector 8 writeback_jobs 4 autocommit_blocks 5 autocommit_time 6 cleaner",
                        devices + "2048 7 max_age 1000 metadata_only pause_writeback 5 HIGH_WATERMARK 100"),
                List.of(
                        "",
                        "x " + A + " " + B + " 4096 0",
                        "s",
                        "s " + A,
                        devices.strip(),
                        "s /dev/nosuch " + B + " 4096 0",
                        "s " + A + " /dev/nosuch 4096 0",
                        devices + "256 0",
                        devices + "8192 0",
                        devices + "1536 0",
                        devices + "4096",
                        devices + "4096 1 nosuch",
                        devices + "4096 1 high_watermark",
                        devices + "4096 2 high_watermark 101",
                        devices + "4096 2 high_watermark -1",
                        devices + "4096 2 high_watermark 40",
                        devices + "4096 2 low_watermark 51",
                        devices + "4096 1 fua",
                        devices + "4096 2 autocommit_time 3600001",
                        devices + "4096 2 max_age 86400001",
                        devices + "4096 2 pause_writeback 60001",
                        devices + "4096 2 start_sector 131072"),
                "high_watermark",
                "low_watermark",
                "start_sector",
                "cleaner",
                "writeback_jobs",
                "max_age",
                "s",
                "512");
    }

    private static GrammarLines ebs() {
        return of(
                "ebs",
                List.of(A + " 0 8", A + " 8 1 8", A + " 0 2 4", A + " 7 4 1"),
                List.of(
                        A + " 0",
                        A + " x 8",
                        A + " 8192 8",
                        A + " 0 3",
                        A + " 0 16",
                        A + " 0 8 3",
                        A + " 0 8 x",
                        A + " 4 8 8",
                        "/dev/nosuch 0 8",
                        A + " 0 8 8 8"),
                "8",
                "1",
                "65537");
    }

    private static GrammarLines integrity() {
        return of(
                "integrity",
                List.of(
                        A + " 0 4 J 1 internal_hash:crc32c",
                        A + " 0 - D 2 internal_hash:crc32c block_size:4096",
                        A + " 0 4 B 3 internal_hash:crc32c sectors_per_bit:32768 bitmap_flush_interval:1000",
                        A + " 0 32 J 4 internal_hash:sha256 journal_watermark:60 commit_time:1000 buffer_sectors:64",
                        A + " 0 4 J 3 internal_hash:crc32c meta_device:" + B + " allow_discards",
                        A + " 0 16 J 0"),
                List.of(
                        A + " 0 4 J",
                        "/dev/nosuch 0 4 J 0",
                        A + " x 4 J 0",
                        A + " 0 0 J 0",
                        A + " 0 x J 0",
                        A + " 0 4 X 0",
                        A + " 0 4 J 19",
                        A + " 0 4 J 2 recalculate",
                        A + " 0 4 J 1 recalculate",
                        A + " 0 4 J 1 reset_recalculate",
                        A + " 0 4 J 1 nosuch",
                        A + " 0 4 J 1 JOURNAL_SECTORS:8",
                        A + " 0 4 J 1 journal_sectors:x",
                        A + " 0 4 J 1 journal_watermark:101",
                        A + " 0 4 J 1 block_size:256",
                        A + " 0 4 J 1 block_size:1536",
                        A + " 0 4 J 1 meta_device:/dev/nosuch",
                        A + " 0 4 J 1 internal_hash:hmac(sha256):abc",
                        A + " 0 4 J 1 internal_hash:hmac(sha256):xx",
                        A + " 0 - J 0",
                        A + " 0 256 J 0",
                        A + " 0 4 B 0",
                        A + " 0 4 J 1 allow_discards",
                        A + " 0 4 J 2 internal_hash:crc32c allow_discards_keyed",
                        A + " 0 4 I 0",
                        A + " 0 4 I 2 internal_hash:crc32c allow_discards",
                        A + " 0 4 I 2 internal_hash:crc32c meta_device:" + B),
                "internal_hash:crc32c",
                "J",
                "D",
                "B",
                "recalculate",
                "allow_discards",
                "block_size:1024",
                "fix_padding",
                "journal_watermark:50");
    }

    private static GrammarLines multipath() {
        final String two = A + " 1 " + B + " 1";
        return of(
                "multipath",
                List.of(
                        "0 0 1 1 round-robin 0 2 1 " + two,
                        "1 queue_if_no_path 0 1 1 queue-length 0 1 0 " + A,
                        "6 pg_init_retries 50 pg_init_delay_msecs 60000 queue_mode bio 0 2 2 " + "service-time 0 1 2 "
                                + A + " 1 100 service-time 0 1 0 " + B,
                        "2 QUEUE_MODE rq 0 1 1 historical-service-time 2 1023 4 2 1 " + two,
                        "0 0 1 1 io-affinity 0 1 1 " + A + " 1"),
                List.of(
                        "",
                        "x",
                        "9 a b c d e f g h i",
                        "1 nosuch 0 0 0",
                        "1 pg_init_retries 0 0 0",
                        "2 pg_init_retries 51 0 1 1 round-robin 0 2 1 " + two,
                        "2 pg_init_delay_msecs 60001 0 1 1 round-robin 0 2 1 " + two,
                        "2 queue_mode x 0 1 1 round-robin 0 2 1 " + two,
                        "0 5",
                        "0 0 1025 1",
                        "0 0 1 x",
                        "0 0 1 0 round-robin 0 2 1 " + two,
                        "0 0 0 1",
                        "0 0 2 1 round-robin 0 2 1 " + two,
                        "0 0 1 1 round-robin",
                        "0 0 1 1 nosuch 0 2 1 " + two,
                        "0 0 1 1 round-robin 99 2 1 " + two,
                        "0 0 1 1 round-robin 0 0 1 " + two,
                        "0 0 1 1 round-robin 0 3 1 " + two,
                        "0 0 1 1 round-robin 0 2 2 " + two + " 1 1",
                        "0 0 1 1 round-robin 0 1 1 " + A + " x",
                        "0 0 1 1 round-robin 0 1 1 /dev/nosuch 1",
                        "0 0 1 1 service-time 0 1 2 " + A + " 1 101",
                        "0 0 1 1 queue-length 0 1 1 " + A + " x",
                        "0 0 1 1 historical-service-time 1 1024 1 0 " + A,
                        "0 0 1 1 historical-service-time 3 1 1 1 1 0 " + A,
                        "0 0 1 1 io-affinity 0 1 0 " + A),
                "round-robin",
                "queue-length",
                "service-time",
                "queue_if_no_path",
                A,
                "1");
    }

    private static GrammarLines raid() {
        final String two = "2 " + A + " " + B + " " + C + " " + D;
        return of(
                "raid",
                List.of(
                        "raid1 1 0 " + two,
                        "RAID1 3 0 region_size 1024 " + two,
                        "raid1 6 0 nosync write_mostly 1 max_write_behind 256 " + two,
                        "raid0 1 64 " + two,
                        "raid10 3 64 raid10_copies 2 " + two,
                        "raid10 5 64 raid10_format far raid10_copies 2 " + two,
                        "raid5_ls 3 64 stripe_cache 256 2 - " + A + " - " + B,
                        "raid4 7 64 min_recovery_rate 1 max_recovery_rate 2 daemon_sleep 5 2 - " + A + " - " + B),
                List.of(
                        "",
                        "raid7 1 0 " + two,
                        "raid1",
                        "raid1 x",
                        "raid1 1 0",
                        "raid1 1 0 3 " + A + " " + B,
                        "raid5_ls 1 64 1 - " + A,
                        "raid0 1 63 " + two,
                        "raid0 1 4 " + two,
                        "raid0 1 x " + two,
                        "raid1 3 0 nosync nosync " + two,
                        "raid1 3 0 sync nosync " + two,
                        "raid1 2 0 nosuch " + two,
                        "raid1 3 0 rebuild 2 " + two,
                        "raid1 5 0 rebuild 1 rebuild 1 " + two,
                        "raid1 4 0 nosync rebuild 1 " + two,
                        "raid0 3 64 write_mostly 1 " + two,
                        "raid1 5 0 write_mostly 0 write_mostly 1 " + two,
                        "raid1 3 0 max_write_behind -1 " + two,
                        "raid1 3 0 daemon_sleep -1 " + two,
                        "raid1 5 0 daemon_sleep 1 daemon_sleep 1 " + two,
                        "raid1 3 0 stripe_cache 1 " + two,
                        "raid1 5 0 min_recovery_rate 2 max_recovery_rate 1 " + two,
                        "raid1 3 0 region_size 8193 " + two,
                        "raid1 3 0 region_size 1000 " + two,
                        "raid10 3 64 region_size 32 " + two,
                        "raid1 3 0 raid10_format near " + two,
                        "raid10 3 64 raid10_format x " + two,
                        "raid10 3 64 raid10_copies 3 " + two,
                        "raid10 2 64 raid10_use_near_sets " + two,
                        "raid0 3 64 region_size 1024 " + two,
                        "raid0 2 64 nosync " + two,
                        "raid1 3 0 data_offset 8 " + two,
                        "raid1 3 0 delta_disks 252 " + two,
                        "raid1 3 0 journal_dev " + A + " " + two,
                        "raid5_ls 3 64 journal_mode writeback 2 - " + A + " - " + B,
                        "raid1 1 0 2 " + A + " - " + C + " " + D,
                        "raid1 3 0 rebuild 1 2 " + A + " " + B + " - -",
                        "raid1 1 0 2 /dev/nosuch " + B + " " + C + " " + D,
                        "raid1 1 0 2 " + A + " /dev/nosuch " + C + " " + D,
                        "raid5_ls 1 64 4 - " + A + " - " + B + " - " + C + " - " + D,
                        "raid1 1 0 2 - - - -",
                        "raid6_zr 1 64 3 - " + A + " - " + B + " - " + C,
                        "raid10 1 64 2 - " + A + " - " + B),
                "nosync",
                "rebuild",
                "region_size",
                "write_mostly",
                "daemon_sleep",
                "raid0",
                "raid1",
                "-",
                "64");
    }

    private static GrammarLines zoned() {
        return of("zoned", List.of(A), List.of("", "/dev/nosuch"), B);
    }

    private static GrammarLines vdo() {
        return of(
                "vdo",
                List.of(
                        "V4 " + A + " 16384 4096 32768 16380",
                        "V4 " + A + " 16384 512 32768 16380 compression on maxDiscard 10",
                        "V2 " + A + " 16384 4096 32768 16380 on auto pool",
                        "V1 " + A + " 16384 4096 disabled 0 32768 16380 on auto pool cpu=2,ack=1",
                        A + " 4096 disabled 0 32768 16380 on auto pool ."),
                List.of(
                        "",
                        "V5 " + A + " 16384 4096 32768 16380",
                        "V4 " + A + " 16384 4096 32768",
                        "V4 " + A + " x 4096 32768 16380",
                        "V4 " + A + " 16384 1024 32768 16380",
                        "V4 " + A + " 16384 4096 x 16380",
                        "V4 " + A + " 16384 4096 32768 x",
                        "V4 " + A + " 16384 4096 32768 16380 compression",
                        "V4 " + A + " 16384 4096 32768 16380 compression maybe",
                        "V4 " + A + " 16384 4096 32768 16380 logical 1",
                        "V4 " + A + " 16384 4096 32768 16380 logical 61",
                        "V4 " + A + " 16384 4096 4095 16380 logical 1 physical 1 hash 1",
                        "V4 " + A + " 16384 4096 32768 16380 cpu 0",
                        "V4 " + A + " 16384 4096 32768 16380 slabSize 1000",
                        "V4 " + A + " 16384 4096 32768 16380 indexMemory 0.3",
                        "V4 /dev/nosuch 16384 4096 32768 16380",
                        "V1 " + A + " 16384 4096 disabled 0 32768 16380 on auto pool cpu"),
                "compression",
                "on",
                "V4",
                "V3",
                "cpu");
    }
}
