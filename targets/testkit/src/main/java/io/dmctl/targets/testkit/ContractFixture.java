package io.dmctl.targets.testkit;

import io.dmctl.targets.core.TableException;
import io.dmctl.targets.spi.ReqOp;
import io.dmctl.targets.spi.TargetFeature;
import io.dmctl.targets.spi.TargetType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The target between two linear ones (alone, where it must be), on filled devices, beside a model of what they hold.
final class ContractFixture implements AutoCloseable {
    static final int PAD = 24;
    private static final int SECTOR = 512;
    private static final int MARGIN = 64;
    private static final int EIO = 5;

    final TestGroup group;
    final List<CrashDevice> lower = new ArrayList<>();
    final CrashDevice pad;
    final TestDevice dev;
    final String table;
    /// The first sector of the target; as much lies behind it.
    final int begin;

    private final TargetContractTest test;
    private final byte[][] images;
    private final byte[] padImage;

    ContractFixture(TargetContractTest test, long seed) throws TableException {
        this(test, seed, 3);
    }

    ContractFixture(TargetContractTest test, long seed, int threads) throws TableException {
        this.test = test;
        final TargetType type = test.type();
        group = new TestGroup(new TestGroup.Config(seed, threads, 32, 32), type);
        images = new byte[test.devices()][];
        for (int i = 0; i < test.devices(); i++) {
            images[i] = random((int) test.deviceSectors());
        }
        test.prepare(List.of(images));
        for (int i = 0; i < test.devices(); i++) {
            final CrashDevice device = group.crash("d" + i, test.deviceSectors());
            device.setContents(images[i]);
            lower.add(device);
        }
        pad = group.crash("pad", 2 * PAD + MARGIN);
        padImage = random((int) pad.sizeSectors());
        pad.setContents(padImage);
        begin = type.features().contains(TargetFeature.SINGLETON) ? 0 : PAD;
        table = begin == 0
                ? "0 " + line()
                : "0 " + PAD + " linear pad 0\n" + PAD + " " + line() + "\n" + (PAD + test.lenSectors()) + " " + PAD
                        + " linear pad " + PAD;
        dev = group.create("dev");
    }

    ContractFixture live() throws TableException {
        reload(table);
        return this;
    }

    /// The devices that hold what the target stores.
    List<CrashDevice> data() {
        return lower.subList(0, test.dataDevices());
    }

    void load(String text) throws TableException {
        if (test.readOnly()) {
            dev.loadReadOnly(text);
        } else {
            dev.load(text);
        }
    }

    void reload(String text) throws TableException {
        load(text);
        dev.resume();
    }

    /// Length, type and arguments of the target alone.
    String line() {
        return test.lenSectors() + " " + test.type().name() + " " + test.params(test.deviceNames());
    }

    byte[] random(int sectors) {
        final byte[] bytes = new byte[sectors * SECTOR];
        group.scheduler().random().nextBytes(bytes);
        return bytes;
    }

    long size() {
        return test.lenSectors() + 2L * begin;
    }

    int next(int bound) {
        return group.scheduler().random().nextInt(bound);
    }

    // ---- the model ----

    private Content at(long sector) {
        if (sector < begin) {
            return new Content.Stored(-1, sector);
        }
        final long end = begin + test.lenSectors();
        return sector >= end ? new Content.Stored(-1, begin + sector - end) : test.content(sector - begin);
    }

    private byte[] image(Content.Stored stored) {
        return stored.device() < 0 ? padImage : images[stored.device()];
    }

    /// 0, or `-errno` of a read or write of the range.
    int expectedStatus(long sector, int sectors) {
        for (long s = sector; s < sector + sectors; s++) {
            if (at(s) instanceof Content.Fails fails) {
                return -fails.errno();
            }
        }
        return 0;
    }

    int expectedWriteStatus(long sector, int sectors) {
        return test.readOnly() ? -EIO : expectedStatus(sector, sectors);
    }

    byte[] expected(long sector, int sectors) {
        final byte[] bytes = new byte[sectors * SECTOR];
        for (int i = 0; i < sectors; i++) {
            if (at(sector + i) instanceof Content.Stored stored) {
                final int from = (int) stored.sector() * SECTOR;
                final byte[] one = Arrays.copyOfRange(image(stored), from, from + SECTOR);
                final byte[] shown = stored.device() < 0 ? one : test.shown(sector + i - begin, one);
                System.arraycopy(shown, 0, bytes, i * SECTOR, SECTOR);
            }
        }
        return bytes;
    }

    void modelWrite(long sector, byte[] bytes) {
        for (int i = 0; !test.readOnly() && i < bytes.length / SECTOR; i++) {
            if (at(sector + i) instanceof Content.Stored stored) {
                final byte[] one = Arrays.copyOfRange(bytes, i * SECTOR, (i + 1) * SECTOR);
                keep(sector + i, stored, stored.device() < 0 ? one : test.stored(sector + i - begin, one));
            }
        }
    }

    /// The sectors of the devices are zeros.
    void modelDiscard(long sector, int sectors) {
        for (long s = sector; s < sector + sectors; s++) {
            if (at(s) instanceof Content.Stored stored) {
                keep(s, stored, new byte[SECTOR]);
            }
        }
    }

    private void keep(long sector, Content.Stored where, byte[] bytes) {
        System.arraycopy(bytes, 0, image(where), (int) where.sector() * SECTOR, SECTOR);
        if (where.device() >= 0) {
            for (Content.Stored copy : test.copies(sector - begin)) {
                System.arraycopy(bytes, 0, image(copy), (int) copy.sector() * SECTOR, SECTOR);
            }
        }
    }

    /// Whole devices are as the model has them, also where the target has no business.
    void compareDevices() {
        for (int i = 0; i < test.dataDevices(); i++) {
            compare("d" + i, images[i], lower.get(i).contents());
        }
        compare("pad", padImage, pad.contents());
    }

    static void compare(String what, byte[] expected, byte[] actual) {
        final int at = Arrays.mismatch(expected, actual);
        if (at >= 0) {
            throw new AssertionError(what + " differs at byte " + at + ", sector " + at / SECTOR);
        }
    }

    // ---- work ----

    void readAndCompare(long sector, int sectors) {
        final TestIo io = dev.startRead(sector, sectors);
        final int status = dev.await(io);
        if (status != expectedStatus(sector, sectors)) {
            throw new AssertionError(io + ": status " + status + ", expected " + expectedStatus(sector, sectors));
        }
        if (status == 0) {
            compare(io.toString(), expected(sector, sectors), io.buffer());
        }
    }

    void write(long sector, byte[] bytes, int flags) {
        final int sectors = bytes.length / SECTOR;
        final TestIo io = dev.start(ReqOp.WRITE, flags, sector, sectors, bytes);
        final int written = dev.await(io);
        if (written != expectedWriteStatus(sector, sectors)) {
            throw new AssertionError(io + ": status " + written);
        }
        // Pieces beside one that fails are written all the same.
        modelWrite(sector, bytes);
    }

    @Override
    public void close() {
        group.close();
    }
}
