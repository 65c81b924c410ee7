package io.dmctl.lab.parity;

import io.dmctl.backend.client.Engine;
import io.dmctl.backend.client.LoadOptions;
import io.dmctl.bindings.control.DmException;
import io.dmctl.bindings.control.DmTask;
import io.dmctl.bindings.sys.Devno;
import io.dmctl.lab.Devices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A device of every kernel's target that the lab's kernel can set up on small disks, and what its fields are: known
/// from what was set up and done, not from what the device says.
final class LiveDevices {
    /// What `explain --json` must say of a device.
    record Live(String name, List<String> fields) {}

    private static final int SLICE_SECTORS = 16384;
    private static final int SLICES_A_DISK = 8;
    private static final int BLANK_BYTES = 256 << 10;

    private final Devices devices;
    private final List<String> made = new ArrayList<>();
    private final List<Live> lives = new ArrayList<>();
    private int nextSlice;

    LiveDevices(Devices devices) {
        this.devices = devices;
    }

    /// Makes them all.
    List<Live> make() throws IOException, DmException {
        pool();
        metadataTargets();
        copies();
        simple();
        return lives;
    }

    void remove() throws IOException, DmException {
        for (String name : made.reversed()) {
            devices.remove(Engine.KERNEL, name);
        }
    }

    // ---- steps ----

    private void create(String name, String table) throws IOException, DmException {
        devices.create(Engine.KERNEL, name, table, LoadOptions.DEFAULT);
        made.add(name);
    }

    private String live(String type, String params, String... fields) throws IOException, DmException {
        return live(type, 8192, params, fields);
    }

    private String live(String type, long len, String params, String... fields) throws IOException, DmException {
        final String name = "explain_" + type + "_dmctl_test_delme";
        create(name, ("0 " + len + " " + type + " " + params).strip());
        lives.add(new Live(name, List.of(fields)));
        return name;
    }

    /// A device of 8 MiB that begins with zeros.
    private String slice() throws IOException, DmException {
        final String name = "explain_slice" + nextSlice + "_dmctl_test_delme";
        final char disk = (char) ('a' + nextSlice / SLICES_A_DISK);
        create(
                name,
                "0 " + SLICE_SECTORS + " linear /dev/ubd" + disk + " "
                        + nextSlice % SLICES_A_DISK * (long) SLICE_SECTORS);
        nextSlice++;
        write(name, BLANK_BYTES);
        return path(name);
    }

    private static String path(String name) {
        return "/dev/mapper/" + name;
    }

    private static void write(String name, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(path(name)), StandardOpenOption.WRITE)) {
            final ByteBuffer zeros = ByteBuffer.allocate(bytes);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            channel.force(false);
        }
    }

    private void send(String name, String... messages) throws DmException, IOException {
        for (String message : messages) {
            devices.engines().control(Engine.KERNEL).run(new DmTask.TargetMessage(Devices.id(name), 0, message));
        }
    }

    private static String number(String path) throws IOException {
        final Object rdev = Files.getAttribute(Path.of(path), "unix:rdev");
        return Devno.ofStRdev(((Number) rdev).longValue()).toString();
    }

    private static String device(String field, String path) throws IOException {
        return "\"" + field + "\":\"" + number(path) + "\"";
    }

    // ---- the targets ----

    private void pool() throws IOException, DmException {
        final String metadata = slice();
        final String data = slice();
        final String pool = live(
                "thin-pool",
                SLICE_SECTORS,
                metadata + " " + data + " 128 10 1 skip_block_zeroing",
                device("metadata", metadata),
                device("data", data),
                "\"block_size_sectors\":128",
                "\"low_water_mark_blocks\":10",
                "\"skip_block_zeroing\":true",
                "\"transaction_id\":7",
                "\"total_metadata_4k_blocks\":" + SLICE_SECTORS / 8,
                "\"used_data_blocks\":2,\"total_data_blocks\":" + SLICE_SECTORS / 128,
                "\"held_metadata_root\":null",
                "\"mode\":\"rw\"",
                "\"when_full\":\"queue_if_no_space\"");
        send(pool, "create_thin 5", "set_transaction_id 0 7");
        final String thin = live(
                "thin",
                path(pool) + " 5",
                "\"device_id\":5",
                "\"mapped_sectors\":256,\"highest_mapped_sectors\":255",
                device("pool", path(pool)));
        write(thin, 256 * 512);
    }

    private void metadataTargets() throws IOException, DmException {
        final String origin = slice();
        live(
                "cache",
                slice() + " " + slice() + " " + origin + " 64 2 metadata2 writethrough smq 2 migration_threshold 4096",
                device("origin", origin),
                "\"block_size_sectors\":64",
                "\"total_metadata_4k_blocks\":" + SLICE_SECTORS / 8,
                "\"total_cache_blocks\":" + SLICE_SECTORS / 64,
                "\"dirty_blocks\":0",
                "\"writethrough\":true",
                "\"migration_threshold_sectors\":4096",
                "\"policy\":\"smq\"");
        final String era = live(
                "era",
                slice() + " " + slice() + " 16",
                "\"block_size_sectors\":16",
                "\"total_metadata_4k_blocks\":" + SLICE_SECTORS / 8,
                "\"current_era\":2",
                "\"held_metadata_root\":null");
        send(era, "checkpoint");
        live(
                "clone",
                slice() + " " + slice() + " " + slice() + " 16 1 no_hydration 2 hydration_threshold 3",
                "\"region_size_sectors\":16",
                "\"hydrated_regions\":0,\"total_regions\":" + 8192 / 16,
                "\"hydrating_regions\":0",
                "\"no_hydration\":true",
                "\"hydration_threshold_regions\":3");
        final String writecache = live(
                "writecache",
                "s " + slice() + " " + slice() + " 4096 2 high_watermark 60",
                "\"mode\":\"s\"",
                "\"block_size_bytes\":4096",
                "\"high_watermark_percent\":60",
                "\"error\":0",
                "\"writes\":2");
        write(writecache, 2 * 4096);
        live(
                "integrity",
                slice() + " 0 4 J 2 internal_hash:crc32c commit_time:5000",
                "\"tag_size_bytes\":4",
                "\"mode\":\"J\"",
                "\"internal_hash\":\"crc32c\"",
                "\"commit_time_ms\":5000",
                "\"mismatches\":0",
                "\"recalculated_sectors\":null");
    }

    private void copies() throws IOException, DmException {
        live(
                "raid",
                "raid1 4 0 nosync region_size 1024 2 " + slice() + " " + slice() + " " + slice() + " " + slice(),
                "\"raid_type\":\"raid1\"",
                "\"region_size_sectors\":1024",
                "\"nosync\":true",
                "\"devices\":2",
                "\"health\":\"AA\"",
                "\"synced_sectors\":8192,\"total_sectors\":8192",
                "\"mismatches_sectors\":0");
        final String good = slice();
        final String bad = slice();
        final String multipath = live(
                "multipath",
                "3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 2 " + good + " 1 10 " + bad + " 1 20",
                "\"queue_if_no_path\":true,\"queue_mode\":\"bio\"",
                "\"selector\":\"service-time\"",
                "{" + device("device", good) + ",\"state\":\"A\",\"failures\":0,\"argument\":[\"0\",\"10\"]}",
                "{" + device("device", bad) + ",\"state\":\"F\",\"failures\":1,\"argument\":[\"0\",\"20\"]}");
        send(multipath, "fail_path " + number(bad));
        live(
                "mirror",
                "core 2 1024 nosync 2 " + slice() + " 0 " + slice() + " 0 1 handle_errors",
                "\"log_type\":\"core\",\"region_size_sectors\":1024,\"nosync\":true,\"mirrors\":2",
                "\"handle_errors\":true",
                "\"total_regions\":8",
                "\"health\":\"AA\"");
        final String cow = slice();
        final String origin = slice();
        live("snapshot-origin", origin, device("origin", origin));
        live(
                "snapshot",
                origin + " " + cow + " P 16",
                device("origin", origin),
                device("cow", cow),
                "\"type\":\"P\",\"chunk_size_sectors\":16",
                "\"total_sectors\":" + SLICE_SECTORS,
                "\"metadata_sectors\":32");
    }

    private void simple() throws IOException, DmException {
        final String a = slice();
        final String b = slice();
        final String two = a + " 8 " + b + " 16";
        live("linear", a + " 2048", device("device", a), "\"offset_sectors\":2048");
        live("zero", "");
        live("error", "");
        live(
                "striped",
                "2 128 " + two,
                "\"stripes\":2,\"chunk_size_sectors\":128",
                "\"offset_sectors\":8}",
                "\"offset_sectors\":16}",
                "\"stripe_devices\":[\"" + number(a) + "\",\"" + number(b) + "\"]",
                "\"health\":\"AA\"");
        live("unstriped", "2 128 1 " + a + " 0", "\"stripes\":2,\"chunk_size_sectors\":128,\"stripe\":1");
        live("switch", "2 1024 0 " + two, "\"paths\":2,\"region_size_sectors\":1024");
        live("delay", a + " 0 5 " + b + " 8 7", "\"read_delay_ms\":5", "\"write_delay_ms\":7", "\"reads\":0");
        live("flakey", a + " 0 60 10 1 drop_writes", "\"up_interval_s\":60", "\"drop_writes\":true");
        live("dust", a + " 0 512", "\"block_size_bytes\":512", "\"mode\":\"bypass\"", "\"messages\":\"verbose\"");
        live("log-writes", a + " " + slice(), device("device", a), "\"entries\":0");
        live("ebs", a + " 0 8 8", "\"emulated_block_size_sectors\":8,\"underlying_block_size_sectors\":8");
        live(
                "crypt",
                "aes-xts-plain64 " + "0123456789abcdef".repeat(4) + " 3 " + a + " 8 1 allow_discards",
                "\"key\":\"" + "0".repeat(64) + "\",\"iv_offset_sectors\":3",
                "\"allow_discards\":true");
    }
}
