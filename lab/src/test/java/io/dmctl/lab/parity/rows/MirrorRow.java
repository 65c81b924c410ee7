package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import java.util.List;

/// `mirror LOG #LOGARGS LOGARGS... LEGS (DEVICE OFFSET)+ [#FEATURES FEATURE...]`. A log of type `userspace` is kept
/// out: the kernel waits for a daemon.
public final class MirrorRow implements ParityRow {
    @Override
    public String target() {
        return "mirror";
    }

    @Override
    public int disks() {
        return 4;
    }

    private static String legs(Disks disks, int count) {
        final StringBuilder legs = new StringBuilder(" " + count);
        for (int i = 0; i < count; i++) {
            legs.append(' ').append(disks.path(i)).append(' ').append(i * 16);
        }
        return legs.toString();
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String log = disks.path(3);
        return List.of(
                "0 4096 mirror core 1 512" + legs(disks, 2),
                "0 4000 mirror core 2 64 sync" + legs(disks, 3) + " 0",
                "0 4000 mirror core 2 2 nosync" + legs(disks, 2) + " 1 handle_errors",
                "0 4000 mirror disk 2 " + log + " 128" + legs(disks, 2) + " 2 keep_log handle_errors",
                "0 4000 mirror disk 3 " + log + " 1024 sync" + legs(disks, 2),
                "0 1000 linear " + log + " 4000\n1000 3000 mirror disk 3 " + log + " 2048 nosync" + legs(disks, 3),
                "0 512 mirror core 1 4294967808" + legs(disks, 2),
                "0 512 mirror core 1 512 9" + (" " + disks.path(0) + " 0").repeat(9));
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String log = disks.path(3);
        final String ab = legs(disks, 2);
        return List.of(
                "0 512 mirror",
                "0 512 mirror core",
                "0 512 mirror core x 8" + ab,
                "0 512 mirror core +1 8" + ab,
                "0 512 mirror core 99 8" + ab,
                "0 512 mirror nolog 1 8" + ab,
                "0 512 mirror CORE 1 8" + ab,
                "0 512 mirror core 0" + ab,
                "0 512 mirror core 3 8 sync sync" + ab,
                "0 512 mirror core 1 1" + ab,
                "0 512 mirror core 1 24" + ab,
                "0 512 mirror core 1 1024" + ab,
                "0 512 mirror core 2 8 Sync" + ab,
                "0 512 mirror disk 1 8" + ab,
                "0 512 mirror disk 2 /dev/nosuch 8" + ab,
                "0 512 mirror disk 2 " + log + " 7" + ab,
                "0 512 mirror core 1 8",
                "0 512 mirror core 1 8 x" + ab,
                "0 512 mirror core 1 8 1 " + log + " 0",
                "0 512 mirror core 1 8 10 " + log + " 0",
                "0 512 mirror core 1 8 3" + ab.substring(2),
                "0 512 mirror core 1 8 2 /dev/nosuch x " + log + " 0",
                "0 512 mirror core 1 8 2 " + log + " 0 /dev/nosuch 0",
                "0 512 mirror core 1 8 2 " + log + " 0 " + log + " 8192",
                "0 512 mirror core 1 8" + ab + " x",
                "0 512 mirror core 1 8" + ab + " 2 handle_errors",
                "0 512 mirror core 1 8" + ab + " 1 Handle_errors",
                "0 512 mirror core 1 8" + ab + " 1 keep_log",
                "0 512 mirror core 1 8" + ab + " 0 handle_errors");
    }

    @Override
    public List<String> oddWords(Disks disks) {
        return List.of(
                "core",
                "disk",
                "sync",
                "nosync",
                "handle_errors",
                "keep_log",
                "16",
                "512",
                disks.path(0),
                disks.path(3));
    }

    /// Tables in sync: what differs between the legs at first stays so, and nothing is copied meanwhile.
    @Override
    public List<String> mapTables(Disks disks) {
        final String log = disks.path(3);
        return List.of(
                "0 4000 mirror core 2 64 nosync" + legs(disks, 3) + " 1 handle_errors",
                "0 8000 mirror disk 3 " + log + " 128 nosync" + legs(disks, 2),
                "0 1000 linear " + disks.path(2) + " 4000\n1000 3000 mirror disk 3 " + log + " 16 nosync"
                        + legs(disks, 3));
    }

    /// Without errors handled, where nothing is held, and with keep_log, where the log is one of the disks that fail.
    @Override
    public List<String> faultTables(Disks disks) {
        final String log = disks.path(3);
        return List.of(
                "0 4000 mirror core 2 64 nosync" + legs(disks, 3),
                "0 4000 mirror disk 3 " + log + " 64 nosync" + legs(disks, 3) + " 2 handle_errors keep_log");
    }

    /// A region that one write failed is written otherwise by the next: so one after the other.
    @Override
    public OpMix faultOps() {
        return OpMix.ALL.noRangeOps().sizes(1, 256).sequential().count(60);
    }
}
