package io.dmctl.targets.support.aes;

import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import java.lang.foreign.MemorySegment;

/// AES of `javax.crypto`, which the JIT compiler replaces by the processor's instructions.
///
/// The key schedules lie on the Java heap and cannot be wiped: they go with the garbage collector.
public final class JdkSectorCiphers implements SectorCiphers {
    public JdkSectorCiphers() {}

    @Override
    public String name() {
        return "jdk";
    }

    @Override
    public SectorCipher open(CipherMode mode, MemorySegment key) throws TargetException {
        if (!mode.takesKey((int) key.byteSize())) {
            throw TargetException.invalid("AES/" + mode + " takes no key of " + key.byteSize() + " bytes");
        }
        return switch (mode) {
            case ECB -> new JdkEcb(key);
            case CBC -> new JdkCbc(key);
            case XTS -> new JdkXts(key);
        };
    }
}
