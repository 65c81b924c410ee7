package io.dmctl.lab.parity;

import java.util.List;
import java.util.Map;
import java.util.Random;

/// What the proofs need to know of one target. Everything is told twice, once with the kernel's [Disks] and once with
/// ours, and must come out the same but for the names: so no state, and no randomness but the given.
///
/// A table is text, a target a line, that begins at sector 0. Lines that take the kernel down belong in neither list
/// and are kept from the mutator by [#mayFuzz].
public interface ParityRow {
    /// The target's type, which also names the row.
    String target();

    default int disks() {
        return 1;
    }

    /// Size of each disk.
    default long diskSectors() {
        return 8192;
    }

    /// Whether the disk is full of zeros at first rather than of random bytes.
    default boolean startsBlank(int disk) {
        return false;
    }

    /// Devices beside the row's own, made in this order.
    default List<Companion> companions(Disks disks) {
        return List.of();
    }

    /// What is accepted: every form of the constructor, and its limits.
    List<String> goodTables(Disks disks);

    /// What is refused: each error text of the constructor at least once.
    List<String> badTables(Disks disks);

    /// Words that T1's mutator strews into the good tables, besides numbers, paths and rubbish: the target's options.
    default List<String> oddWords(Disks disks) {
        return List.of();
    }

    /// Whether T1 may load this mutated table: false for what kills the guest or never ends.
    default boolean mayFuzz(String table) {
        return true;
    }

    /// Whether T1 may put the kernel's table in use, which shows what it refuses only then (sizes, limits); false where
    /// that writes to the disks.
    default boolean mayResume(String table) {
        return true;
    }

    /// How many mutated tables T1 loads.
    default int fuzzCount() {
        return 50;
    }

    /// What T1 makes of a line with this seed; the same for both sides but for the names.
    default String fuzzTable(Disks disks, Random random) {
        return new LineMutator(oddWords(disks)).mutate(goodTables(disks), random);
    }

    /// Whether the row's own tables are loaded read-only.
    default boolean readOnly() {
        return false;
    }

    /// Whether what TABLE prints goes back into the constructor and prints the same again.
    default boolean tableReloads() {
        return true;
    }

    /// The tables that T2 works on.
    default List<String> mapTables(Disks disks) {
        return goodTables(disks);
    }

    default OpMix ops() {
        return OpMix.ALL;
    }

    /// Sent each time that the device has been made, before its I/O; each must be answered alike.
    default List<String> setupMessages() {
        return List.of();
    }

    /// Sent between T2's operations and in every state of T7; each must be answered alike.
    default List<String> messages() {
        return List.of();
    }

    /// Makes the disks what the tables expect, after they were filled: a format, a superblock. The disks of both sides
    /// are
    /// the same before.
    default void prepare(Disks disks) throws Exception {}

    /// The tables of T3 and T4.
    default List<String> formatTables(Disks disks) {
        return mapTables(disks).subList(0, 1);
    }

    /// Looks at disks that an engine has closed: a checker's word. Throws when they are not well.
    default void checkClosed(Disks disks) throws Exception {}

    /// The table of T5.
    default String crashTable(Disks disks) {
        return mapTables(disks).getFirst();
    }

    /// What T5 does before the crash; no discards, whose bytes are free. The log holds 60 MiB.
    default OpMix crashOps() {
        final OpMix ops = ops();
        return ops.noRangeOps()
                .count(60)
                .sizes(ops.alignSectors(), Math.min(256, ops.maxSectors()))
                .flushes(2);
    }

    /// Looks at disks as a crash has left them, before the kernel opens them.
    default void checkCrashed(Disks disks) throws Exception {}

    /// The tables that T6 puts over faulty disks.
    default List<String> faultTables(Disks disks) {
        return mapTables(disks).subList(0, 1);
    }

    /// What T6 does over faulty disks.
    default OpMix faultOps() {
        return ops().noRangeOps().count(40);
    }

    /// Two tables that T7 swaps; they may have other sizes.
    default List<String> lifeTables(Disks disks) {
        final List<String> tables = mapTables(disks);
        return List.of(tables.getFirst(), tables.getLast());
    }

    /// Whether T2 compares the disks' bytes; false where a target is free in what it writes.
    default boolean sameBytesBelow() {
        return true;
    }

    /// The part of a status text (INFO or TABLE) that must be the same: all of it, device numbers as names.
    default String comparable(String status) {
        return status;
    }

    /// The proofs that say nothing of this target, each with the reason.
    default Map<Proof, String> exempt() {
        return Map.of();
    }
}
