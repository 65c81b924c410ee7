package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `crypt CIPHER KEY IV_OFFSET DEVICE OFFSET [#OPTIONS OPTION...]`
public final class CryptRow implements ParityRow {
    private static final String KEY = "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210";
    private static final String KEY16 = KEY.substring(0, 32);
    private static final String KEY64 = KEY + "f0e0d0c0b0a09080" + KEY.substring(16);

    @Override
    public String target() {
        return "crypt";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String rest = " 0 " + disks.path(0) + " 0";
        return Stream.of(
                        "aes-xts-plain64 " + KEY64 + rest,
                        "aes-xts-plain64 " + KEY + rest,
                        "aes-xts-plain64 " + KEY64.substring(0, 96) + rest,
                        "aes-xts-plain64 " + KEY64.toUpperCase(java.util.Locale.ROOT) + "7" + rest,
                        "aes-xts-plain " + KEY64 + rest,
                        "aes-xts-plain64be:ignored " + KEY64 + rest,
                        "aes-xts-benbi " + KEY64 + rest,
                        "aes-xts-null " + KEY64 + rest,
                        "aes-xts-essiv:sha256 " + KEY64 + rest,
                        "aes-cbc-essiv:sha256 " + KEY + rest,
                        "aes-cbc-plain64 " + KEY.substring(0, 48) + rest,
                        "aes " + KEY16 + rest,
                        "aes-plain " + KEY16 + rest,
                        "aes-ecb " + KEY16 + rest,
                        "aes-ecb-nonsense " + KEY16 + rest,
                        "aes:1-cbc-plain " + KEY16 + rest,
                        "aes:4-cbc-plain " + KEY64 + rest,
                        "aes:4-cbc-plain " + KEY64 + "aabb" + rest,
                        "aes:4294967298-cbc-plain " + KEY + rest,
                        "capi:xts(aes)-plain64 " + KEY64 + rest,
                        "capi:cbc(aes)-essiv:sha256 " + KEY + rest,
                        "capi:essiv(cbc(aes),sha256)-plain64 " + KEY + rest,
                        "capi:ecb(aes)-null " + KEY + rest,
                        "aes-xts-plain64 " + KEY64 + " 18446744073709551615 " + disks.path(0) + " 8 0",
                        "aes-xts-plain64 " + KEY64 + rest + " 1 allow_discards",
                        "aes-xts-plain64 " + KEY64 + rest + " 2 Allow_Discards allow_discards",
                        "aes-xts-plain64 " + KEY64 + rest
                                + " 8 iv_large_sectors sector_size:4096 no_write_workqueue no_read_workqueue"
                                + " submit_from_crypt_cpus high_priority same_cpu_crypt allow_discards",
                        "aes-xts-plain64 " + KEY64 + rest + " 1 sector_size:512",
                        "aes-xts-plain64 " + KEY64 + rest + " 1 sector_size:66560",
                        "aes-xts-plain64 " + KEY64 + rest + " 0 what is not counted")
                .map(params -> "0 4096 crypt " + params)
                .toList();
    }

    /// Cipher text of every combination is another test's; here two tables of several lines, one of them of large
    /// sectors.
    @Override
    public List<String> mapTables(Disks disks) {
        final String disk = disks.path(0);
        return List.of(
                lines(
                        disk,
                        List.of(
                                "aes-xts-plain64 " + KEY64 + " 0",
                                "aes-cbc-essiv:sha256 " + KEY + " 7",
                                "aes:2-cbc-plain " + KEY + " 0")),
                lines(
                        disk,
                        List.of(
                                "aes-xts-plain64 " + KEY64 + " 8 OPTIONS 2 allow_discards sector_size:4096",
                                "aes-ecb " + KEY + " 0 OPTIONS 3 allow_discards sector_size:1024 iv_large_sectors")));
    }

    /// A ublk device keeps the block size that it started with: two tables of sectors of 512 bytes.
    @Override
    public List<String> lifeTables(Disks disks) {
        return List.of(
                mapTables(disks).getFirst(),
                lines(disks.path(0), List.of("aes-cbc-plain64 " + KEY + " 3", "aes-xts-plain64 " + KEY64 + " 1")));
    }

    private static String lines(String disk, List<String> ciphers) {
        final List<String> lines = new ArrayList<>();
        for (String cipher : ciphers) {
            final String[] words = cipher.split(" OPTIONS", 2);
            final long at = lines.size() * 2000L;
            final String options = words.length > 1 ? words[1] : "";
            lines.add(at + " 2000 crypt " + words[0] + " " + disk + " " + (at + 64) + options);
        }
        return String.join("\n", lines);
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        final String rest = " 0 " + a + " 0";
        final String xts = "aes-xts-plain64 " + KEY64 + rest;
        return Stream.of(
                        "",
                        "aes-xts-plain64 " + KEY64 + " 0 " + a,
                        "aes-xts-plain64 :64" + rest,
                        "aes-xts-plain64 :x:user:a" + rest,
                        "aes-xts-plain64 :2147483648:user:a" + rest,
                        "aes-xts-plain64 :64:poem:a" + rest,
                        "aes-xts-plain64 :64:user:" + rest,
                        "aes-xts-plain64 :64::a" + rest,
                        "aes-xts-plain64 :64:user:no_such_key_dmctl_test_delme" + rest,
                        xts + " x",
                        xts + " 10 a b c d e f g h i j",
                        xts + " 2 allow_discards",
                        xts + " 1 what",
                        xts + " 1 sector_size:",
                        xts + " 1 sector_size:x",
                        xts + " 1 sector_size:256",
                        xts + " 1 sector_size:768",
                        xts + " 1 sector_size:8192",
                        xts + " 1 SECTOR_SIZE:1024",
                        xts + " 1 integrity:0:aead",
                        xts + " 1 integrity:481:none",
                        xts + " 1 integrity:28:poem",
                        xts + " 1 integrity_key_size:0",
                        xts + " 1 integrity_key_size:x",
                        "xts(aes)-plain64 " + KEY64 + rest,
                        "aes:0-cbc-plain " + KEY + rest,
                        "aes:3-cbc-plain " + KEY + rest,
                        "aes:-cbc-plain " + KEY + rest,
                        "aes:x-cbc-plain " + KEY + rest,
                        "aes-cbc " + KEY + rest,
                        "aes-xts " + KEY64 + rest,
                        "aes-cbc-essiv " + KEY + rest,
                        "capi:cbc(aes)-essiv " + KEY + rest,
                        "aes-" + "x".repeat(130) + "-plain " + KEY + rest,
                        "capi:cbc(aes)-essiv:" + "x".repeat(130) + " " + KEY + rest,
                        "nosuch-cbc-plain " + KEY + rest,
                        "aes-nosuch-plain " + KEY + rest,
                        "aes--plain " + KEY + rest,
                        "aes-cbc-essiv:nosuch " + KEY + rest,
                        "aes-cbc-essiv:sha512 " + KEY + rest,
                        "aes-ecb-essiv:sha256 " + KEY + rest,
                        "aes-cbc-nosuch " + KEY + rest,
                        "aes-cbc-Plain " + KEY + rest,
                        "aes-cbc-plain -" + rest,
                        "aes-cbc-plain z" + rest,
                        "aes-cbc-plain zz" + KEY.substring(2) + rest,
                        "aes-cbc-plain " + KEY64 + rest,
                        "aes-xts-plain64 " + KEY16 + rest,
                        "aes:4-cbc-plain " + KEY + rest,
                        "aes-cbc-essiv:sha1 " + KEY + rest,
                        "aes-xts-plain64 " + KEY64 + " x " + a + " 0",
                        "aes-xts-plain64 " + KEY64 + " +1 " + a + " 0",
                        "aes-xts-plain64 " + KEY64 + " 4 " + a + " 0 1 sector_size:4096",
                        "aes-xts-plain64 " + KEY64 + " 0 /dev/nosuch 0",
                        "aes-xts-plain64 " + KEY64 + " 0 " + a + " x",
                        "aes-xts-plain64 " + KEY64 + " 0 " + a + " 8185",
                        "aes-xts-plain64 " + KEY64 + " 0 " + a + " 4 1 sector_size:4096",
                        "aes-xts-nosuch - x /dev/nosuch x")
                .map(params -> "0 4096 crypt " + params)
                .toList();
    }

    @Override
    public List<String> oddWords(Disks disks) {
        return List.of(
                "aes-xts-plain64",
                "aes-cbc-essiv:sha256",
                "aes:2-cbc-plain",
                "capi:xts(aes)-plain64",
                KEY,
                KEY64,
                "allow_discards",
                "same_cpu_crypt",
                "sector_size:4096",
                "iv_large_sectors",
                "5",
                disks.path(0));
    }

    /// Messages are sent to a live and to a suspended device.
    @Override
    public List<String> messages() {
        return List.of("key", "rubbish", "key rubbish", "key set", "key set 00", "key wipe now", "key set a b");
    }

    /// Of less than the largest sector the block layer lets nothing through, on either engine.
    @Override
    public OpMix ops() {
        return OpMix.ALL.sizes(8, 1024).count(60);
    }
}
