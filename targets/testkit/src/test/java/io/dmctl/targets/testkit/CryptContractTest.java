package io.dmctl.targets.testkit;

import io.dmctl.targets.spi.TargetType;
import java.util.List;

/// aes-xts-plain64 with an IV offset, from sector 8 of the device.
class CryptContractTest extends TargetContractTest {
    static final String KEY64 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
            + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef";
    private static final int START = 8;
    private static final long IV_OFFSET = 0x1_0000_0007L;

    private final CryptModel model = new CryptModel("aes-xts-plain64", KEY64, 512, false, IV_OFFSET);

    @Override
    protected TargetType type() {
        return OurTargets.named("crypt");
    }

    @Override
    protected int devices() {
        return 1;
    }

    @Override
    protected long lenSectors() {
        return 600;
    }

    @Override
    protected String params(List<String> devices) {
        return "aes-xts-plain64 " + KEY64 + " " + IV_OFFSET + " " + devices.get(0) + " " + START + " 1 allow_discards";
    }

    @Override
    protected Content content(long offset) {
        return new Content.Stored(0, START + offset);
    }

    @Override
    protected byte[] stored(long offset, byte[] shown) {
        return model.encrypt(offset, shown);
    }

    @Override
    protected byte[] shown(long offset, byte[] stored) {
        return model.decrypt(offset, stored);
    }

    @Override
    protected List<Long> borders() {
        return List.of(256L, 512L);
    }

    @Override
    protected List<BadLine> badLines() {
        final String k = KEY64;
        final String key32 = k.substring(0, 64);
        return List.of(
                new BadLine("", "Not enough arguments", 22, 0),
                new BadLine("aes-xts-plain64 " + k + " 0 d0", "Not enough arguments", 22, 4),
                new BadLine("aes-xts-plain64 :64 0 d0 0", "Cannot parse key size", 22, 1),
                new BadLine("aes-xts-plain64 :x:user:a 0 d0 0", "Cannot parse key size", 22, 1),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 x", "Invalid number of feature args", 22, 5),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 10", "Invalid number of feature args", 22, 5),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 1", "Invalid number of feature args", 22, 5),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 1 nosuch", "Invalid feature arguments", 22, 6),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 1 sector_size:x", "Invalid feature arguments", 22, 6),
                new BadLine(
                        "aes-xts-plain64 " + k + " 0 d0 0 1 sector_size:513",
                        "Invalid feature value for sector_size",
                        22,
                        6),
                new BadLine(
                        "aes-xts-plain64 " + k + " 0 d0 0 1 sector_size:8192",
                        "Invalid feature value for sector_size",
                        22,
                        6),
                new BadLine(
                        "aes-xts-plain64 " + k + " 0 d0 0 1 integrity:0:aead", "Invalid integrity arguments", 22, 6),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 1 integrity:28:poem", "Unknown integrity profile", 22, 6),
                new BadLine(
                        "aes-xts-plain64 " + k + " 0 d0 0 1 integrity:28:none",
                        "the Java engine's crypt has no integrity yet",
                        95,
                        6),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 0 1 integrity:28:aead", "Bad cipher specification", 22, 0),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 x 1 integrity:28:none", "Invalid device sector", 22, 4),
                new BadLine("serpent-xts-plain64 " + k + " x d0 0", "Invalid iv_offset sector", 22, 2),
                new BadLine("xts(aes)-plain64 " + k + " 0 d0 0", "Bad cipher specification", 22, 0),
                new BadLine("aes:3-xts-plain64 " + k + " 0 d0 0", "Bad cipher key count specification", 22, 0),
                new BadLine("aes-xts " + k + " 0 d0 0", "IV mechanism required", 22, 0),
                new BadLine("aes-cbc-essiv " + key32 + " 0 d0 0", "Digest algorithm missing for ESSIV mode", 22, 0),
                new BadLine("nosuch-cbc-plain " + key32 + " 0 d0 0", "Error allocating crypto tfm", 2, 0),
                new BadLine("aes-nosuch-plain " + key32 + " 0 d0 0", "Error allocating crypto tfm", 2, 0),
                new BadLine("aes-xts-nosuch " + k + " 0 d0 0", "Invalid IV mode", 22, 0),
                new BadLine("aes-cbc-lmk " + key32 + " 0 d0 0", "IV mode lmk is not offered by the Java engine", 95, 0),
                new BadLine("serpent-cbc-plain " + key32 + " 0 d0 0", "algorithm cbc(serpent) is not offered", 95, 0),
                new BadLine("aes-xts-plain64 - 0 d0 0", "Error decoding and setting key", 22, 1),
                new BadLine("aes-xts-plain64 x 0 d0 0", "Error decoding and setting key", 22, 1),
                new BadLine(
                        "aes-xts-plain64 " + k.replace('0', 'g') + " 0 d0 0", "Error decoding and setting key", 22, 1),
                new BadLine("aes-xts-plain64 00112233 0 d0 0", "Error decoding and setting key", 22, 1),
                new BadLine("aes-cbc-essiv:sha1 " + key32 + " 0 d0 0", "Error decoding and setting key", 22, 1),
                new BadLine("aes-xts-plain64 :64:logon:a 0 d0 0", "Error decoding and setting key", 95, 1),
                new BadLine("aes-xts-plain64 " + k + " x d0 0", "Invalid iv_offset sector", 22, 2),
                new BadLine("aes-xts-plain64 " + k + " 4 d0 0 1 sector_size:4096", "Invalid iv_offset sector", 22, 2),
                new BadLine("aes-xts-plain64 " + k + " 0 nosuch 0", "Device lookup failed", 2, 3),
                new BadLine("aes-xts-plain64 " + k + " 0 d0 -1", "Invalid device sector", 22, 4));
    }
}
