package io.dmctl.backend.crypto;

import io.dmctl.bindings.sys.Availability;
import io.dmctl.bindings.sys.LibCrypto;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.CipherMode;
import io.dmctl.targets.spi.crypto.SectorCipher;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import io.dmctl.targets.support.aes.JdkSectorCiphers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The faster of the implementations that this machine has, and the JDK's for the keys that it does not take.
///
/// The JDK is as fast as libcrypto, and faster with small sectors, where its compiler has AVX-512 and the processor
/// encrypts several blocks at once (VAES); elsewhere it has less than half of libcrypto's speed with sectors of 4096
/// bytes (`jmh/results/SectorCipherSpeed-avx2.txt`).
final class ChosenCiphers implements SectorCiphers {
    private final SectorCiphers first;
    private final SectorCiphers rest;
    private final String reason;

    private ChosenCiphers(SectorCiphers first, SectorCiphers rest, String reason) {
        this.first = first;
        this.rest = rest;
        this.reason = reason;
    }

    static ChosenCiphers probe() {
        return choose(AesIntrinsics.probe(), LibCrypto.probe());
    }

    static ChosenCiphers choose(Availability intrinsics, Availability libCrypto) {
        final SectorCiphers jdk = new JdkSectorCiphers();
        if (intrinsics.available()) {
            return new ChosenCiphers(jdk, jdk, intrinsics.reason());
        }
        if (libCrypto.available()) {
            return new ChosenCiphers(new EvpSectorCiphers(), jdk, intrinsics.reason());
        }
        return new ChosenCiphers(jdk, jdk, "slow: " + intrinsics.reason() + "; " + libCrypto);
    }

    @Override
    public String name() {
        return first.name();
    }

    @Override
    public String name(CipherMode mode, int keyBytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment key = arena.allocate(keyBytes);
            key.set(ValueLayout.JAVA_BYTE, 0, (byte) 1); // the halves of an XTS key must differ
            first.open(mode, key).close();
            return first.name();
        } catch (TargetException e) {
            return rest.name();
        }
    }

    /// Why it was chosen.
    String reason() {
        return reason;
    }

    @Override
    public SectorCipher open(CipherMode mode, MemorySegment key) throws TargetException {
        try {
            return first.open(mode, key);
        } catch (TargetException e) {
            return rest.open(mode, key);
        }
    }
}
