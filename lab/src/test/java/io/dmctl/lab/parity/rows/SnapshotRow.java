package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Companion;
import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// `snapshot ORIGIN COW P|PO|N CHUNK [#FEATURES FEATURE...]`, with its `snapshot-origin`. That is not under I/O: the
/// kernel's cuts writes at the chunks that there were when it was resumed, before the snapshot; see SnapshotLabIT. With
/// `discard_zeroes_cow` the kernel divides by the chunk size over 512, and dies of a small one: only chunks of a
/// transient store are sure not to be overruled by a header.
public final class SnapshotRow implements ParityRow {
    private static final Pattern TWICE = Pattern.compile("snapshot\\S* (\\S+) \\1(\\s|$)");

    @Override
    public String target() {
        return "snapshot";
    }

    @Override
    public int disks() {
        return 3;
    }

    @Override
    public boolean startsBlank(int disk) {
        return disk == 1;
    }

    @Override
    public List<Companion> companions(Disks disks) {
        return List.of(new Companion("origin", "0 8192 snapshot-origin " + disks.path(0), false));
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String line = "0 8192 snapshot " + disks.path(0) + " " + disks.path(1);
        return List.of(
                line + " N 16",
                line + " n 1",
                line + " NOTHING 32 0",
                line + " N 2048 1 discard_zeroes_cow",
                line + " N 1024 2 Discard_Zeroes_Cow DISCARD_PASSDOWN_ORIGIN and more",
                line + " P 16",
                line + " P 0",
                line + " PO 8",
                line + " po 1024",
                line + " p +64",
                "0 1000 linear " + disks.path(2) + " 0\n1000 3000 snapshot " + disks.path(0) + " " + disks.path(1)
                        + " N 8");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String line = "0 8192 snapshot " + disks.path(0) + " " + disks.path(1);
        return List.of(
                "0 8192 snapshot",
                line,
                line + " P",
                line + " P 16 x",
                line + " P 16 3 a b c",
                line + " P 16 1",
                line + " P 16 1 discard",
                line + " P 16 1 discard_passdown_origin",
                "0 8192 snapshot /dev/nosuch " + disks.path(1) + " P 16",
                "0 8192 snapshot " + disks.path(0) + " /dev/nosuch P 16",
                line + " X 16",
                line + " PX 16",
                line + " persistent 16",
                line + " P 12",
                line + " P 16k",
                line + " P -1",
                line + " P 4194304",
                line + " N 0",
                "0 8192 snapshot " + disks.path(0) + " " + disks.path(2) + " P 16");
    }

    @Override
    public List<String> oddWords(Disks disks) {
        return List.of("P", "PO", "N", "0", "1", "16", "discard_passdown_origin", disks.path(0), disks.path(1));
    }

    /// One device twice is refused, but the kernel's last word on it is of a mistake of its own.
    static boolean harmless(String table) {
        return !table.toLowerCase(Locale.ROOT).contains("discard_zeroes_cow")
                && !TWICE.matcher(table).find();
    }

    @Override
    public boolean mayFuzz(String table) {
        return harmless(table);
    }

    /// A table that is loaded shares its COW device with the one that is to take its place: neither engine has that
    /// twice.
    @Override
    public boolean tableReloads() {
        return false;
    }

    @Override
    public List<String> mapTables(Disks disks) {
        final String line = "0 8192 snapshot " + disks.path(0) + " " + disks.path(1);
        return List.of(line + " P 16", line + " N 8");
    }

    /// Chunks are taken in the order of the writes.
    @Override
    public OpMix ops() {
        return OpMix.ALL.sequential().sizes(1, 256);
    }

    @Override
    public List<String> lifeTables(Disks disks) {
        final List<String> tables = mapTables(disks);
        return List.of(tables.getFirst(), tables.getFirst());
    }

    @Override
    public Map<Proof, String> exempt() {
        return Map.of(Proof.T6, "an error makes the snapshot invalid for good: see SnapshotLabIT");
    }
}
