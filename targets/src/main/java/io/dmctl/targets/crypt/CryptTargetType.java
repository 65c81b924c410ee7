package io.dmctl.targets.crypt;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.DeviceArg;
import io.dmctl.targets.spi.LowerDevice;
import io.dmctl.targets.spi.Target;
import io.dmctl.targets.spi.TargetArgs;
import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.TargetType;
import io.dmctl.targets.spi.TargetVersion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A range of one device, encrypted. @kernel drivers/md/dm-crypt.c `crypt_ctr`
public final class CryptTargetType implements TargetType {
    private static final int KEY = 1;
    private static final int IV_OFFSET = 2;
    private static final int DEVICE = 3;
    private static final int START = 4;
    private static final int OPTIONS = 5;

    @Override
    public String name() {
        return "crypt";
    }

    @Override
    public TargetVersion version() {
        return new TargetVersion(1, 29, 0);
    }

    @Override
    public List<DeviceArg> deviceArgs(TargetArgs args) {
        return args.count() > START ? List.of(new DeviceArg(DEVICE, args.word(DEVICE))) : List.of();
    }

    /// The key, or what names it.
    @Override
    public List<Integer> secretArgs(TargetArgs args) {
        return args.count() > 1 ? List.of(1) : List.of();
    }

    /// Decides in the kernel's order: the key's size, the options, the cipher, the key, and then the rest. What only
    /// the kernel has is told when the kernel would find no fault.
    @Override
    public Target ctr(TargetContext ti, TargetArgs args) throws TargetException {
        final String few = "Not enough arguments";
        if (args.count() <= START) {
            throw new TargetException(few, EINVAL, args.count());
        }
        args.seek(KEY);
        final MemorySegment keyWord = args.shiftSecret(few);
        final CryptServices services = CryptServices.of(ti);
        final CryptKey key = CryptKey.forWord(keyWord, services, KEY);
        try {
            args.seek(OPTIONS);
            final CryptOptions options = CryptOptions.parse(args, ti.lenSectors());
            final CryptCiphers ciphers;
            try {
                ciphers = ciphers(args, options, services, key, keyWord);
            } catch (TargetException e) {
                if (e.errno() == CryptOptions.EOPNOTSUPP) {
                    place(ti, args, options);
                }
                throw e;
            }
            final Place at = place(ti, args, options);
            return new CryptTarget(
                    ti,
                    new CryptTable(ciphers.spec(), key, ciphers, options, at.ivSector(), at.dev(), at.startSector()));
        } catch (TargetException | RuntimeException | Error e) {
            key.close();
            throw e;
        }
    }

    private static CryptCiphers ciphers(
            TargetArgs args, CryptOptions options, CryptServices services, CryptKey key, MemorySegment keyWord)
            throws TargetException {
        final CipherSpec spec = CipherSpec.parse(args.word(CipherSpec.ARGUMENT), options.aead());
        final CryptCiphers ciphers = new CryptCiphers(services.ciphers(), spec, key);
        setKey(key, keyWord, ciphers);
        if (options.kernelOnly() != null) {
            throw options.kernelOnly();
        }
        return ciphers;
    }

    /// What stands between the key and the options.
    private record Place(long ivSector, LowerDevice dev, long startSector) {}

    private static Place place(TargetContext ti, TargetArgs args, CryptOptions options) throws TargetException {
        args.seek(IV_OFFSET);
        final long ivSector = ivOffset(args, options);
        final LowerDevice dev = open(ti, args.device("Not enough arguments"));
        return new Place(ivSector, dev, args.sectors("Invalid device sector"));
    }

    private static void setKey(CryptKey key, MemorySegment word, CryptCiphers ciphers) throws TargetException {
        try {
            key.set(word);
            if (!ciphers.keyFits()) {
                throw TargetException.invalid("the cipher takes no key of this length");
            }
            CryptCiphers.closeAll(ciphers.open()); // the provider can do it, and is warm when the first request comes
        } catch (TargetException e) {
            throw new TargetException("Error decoding and setting key: " + e.getMessage(), e.errno(), KEY);
        }
    }

    private static long ivOffset(TargetArgs args, CryptOptions options) throws TargetException {
        final String error = "Invalid iv_offset sector";
        final long value = args.sectors(error);
        if ((value & (options.sectorStep() - 1)) != 0) {
            throw new TargetException(error, EINVAL, IV_OFFSET);
        }
        return value;
    }

    private static LowerDevice open(TargetContext ti, DeviceArg device) throws TargetException {
        try {
            return ti.getDevice(device);
        } catch (TargetException e) {
            throw new TargetException("Device lookup failed: " + e.getMessage(), e.errno(), device.index());
        }
    }
}
