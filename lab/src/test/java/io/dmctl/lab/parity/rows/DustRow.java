package io.dmctl.lab.parity.rows;

import io.dmctl.lab.parity.Disks;
import io.dmctl.lab.parity.OpMix;
import io.dmctl.lab.parity.ParityRow;
import io.dmctl.lab.parity.Proof;
import java.util.List;
import java.util.Map;

/// `dust DEVICE OFFSET BLOCK`
public final class DustRow implements ParityRow {
    private static final int LARGEST_BLOCK_SECTORS = 128;

    @Override
    public String target() {
        return "dust";
    }

    @Override
    public List<String> goodTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8192 dust " + a + " 0 512",
                "0 8000 dust " + a + " 8 4096",
                "0 8001 dust " + a + " 13 1024",
                "0 8192 dust " + a + " 0 65536",
                "0 64 dust " + a + " 0 +32768");
    }

    @Override
    public List<String> badTables(Disks disks) {
        final String a = disks.path(0);
        return List.of(
                "0 8 dust",
                "0 8 dust " + a + " 0",
                "0 8 dust " + a + " 0 512 1",
                "0 8 dust " + a + " 0 x",
                "0 8 dust " + a + " 0 0",
                "0 8 dust /dev/nosuch x y",
                "0 8 dust " + a + " 0 4294967296",
                "0 8 dust " + a + " 0 256",
                "0 8 dust " + a + " 0 1536",
                "0 8 dust " + a + " 0 8192",
                "0 4194304 dust " + a + " 0 2147483648",
                "0 8 dust " + a + " x 512",
                "0 8 dust " + a + " +1 512",
                "0 8 dust /dev/nosuch x 512",
                "0 8 dust /dev/nosuch 0 512",
                "0 8 dust " + a + " 8185 512");
    }

    @Override
    public List<String> setupMessages() {
        return List.of(
                "listbadblocks",
                "clearbadblocks",
                "enable",
                "addbadblock 1",
                "addbadblock 3 2",
                "addbadblock 12 1",
                "addbadblock 0 1",
                "listbadblocks");
    }

    @Override
    public List<String> messages() {
        return List.of(
                "addbadblock 1",
                "addbadblock 2 3",
                "addbadblock 5 1",
                "addbadblock 17",
                "addbadblock 30 255",
                "addbadblock 99999999",
                "addbadblock 8192",
                "addbadblock 8193",
                "addbadblock 4 256",
                "addbadblock x",
                "addbadblock 1 1 1",
                "AddBadBlock",
                "removebadblock 2",
                "removebadblock 30",
                "queryblock 5",
                "queryblock 17",
                "QueryBlock 8192",
                "countbadblocks",
                "countbadblocks 1",
                "listbadblocks",
                "listbadblocks",
                "clearbadblocks",
                "quiet",
                "disable",
                "enable",
                "Enable",
                "rubbish");
    }

    /// The order of two operations on one block decides which of them fails. A FUA write is a flush as well on the
    /// kernel's side, as its device has no FUA; to dust a flush is a write.
    @Override
    public OpMix ops() {
        return new OpMix(200, 6, 6, 0, 2, 2, 1, 1, 512, 1, LARGEST_BLOCK_SECTORS);
    }

    @Override
    public Map<Proof, String> exempt() {
        final String why = "it keeps nothing on the disk, and reads fail by design";
        return Map.of(Proof.T3, why, Proof.T4, why, Proof.T5, why);
    }
}
