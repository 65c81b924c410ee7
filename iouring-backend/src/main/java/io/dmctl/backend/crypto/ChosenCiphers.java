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

/// The faster of the implementations that this machine has, and the other for what it does not take or is slower at.
///
/// The JDK is as fast as libcrypto, and faster with small sectors, where its compiler has AVX-512 and the processor
/// encrypts several blocks at once (VAES); elsewhere it has less than half of libcrypto's speed with sectors of 4096
/// bytes (`jmh/results/SectorCipherSpeed-avx2.txt`).
final class ChosenCiphers implements SectorCiphers {
    private final SectorCiphers first;
    private final SectorCiphers rest;
    private final boolean cbcByLength;
    private final String reason;

    private ChosenCiphers(SectorCiphers first, SectorCiphers rest, boolean cbcByLength, String reason) {
        this.first = first;
        this.rest = rest;
        this.cbcByLength = cbcByLength;
        this.reason = reason;
    }

    static ChosenCiphers probe() {
        return choose(AesIntrinsics.probe(), LibCrypto.probe());
    }

    static ChosenCiphers choose(Availability intrinsics, Availability libCrypto) {
        final SectorCiphers jdk = new JdkSectorCiphers();
        if (libCrypto.available()) {
            final SectorCiphers evp = new EvpSectorCiphers();
            return intrinsics.available()
                    ? new ChosenCiphers(jdk, evp, true, intrinsics.reason())
                    : new ChosenCiphers(evp, jdk, false, intrinsics.reason());
        }
        if (intrinsics.available()) {
            return new ChosenCiphers(jdk, jdk, false, intrinsics.reason());
        }
        return new ChosenCiphers(jdk, jdk, false, "slow: " + intrinsics.reason() + "; " + libCrypto);
    }

    @Override
    public String name() {
        return first.name();
    }

    @Override
    public String name(CipherMode mode, int keyBytes) {
        if (cbcByLength && mode == CipherMode.CBC) {
            return first.name() + "+" + rest.name();
        }
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
        if (cbcByLength && mode == CipherMode.CBC) {
            return openCbcByLength(key);
        }
        try {
            return first.open(mode, key);
        } catch (TargetException e) {
            return rest.open(mode, key);
        }
    }

    private SectorCipher openCbcByLength(MemorySegment key) throws TargetException {
        final SectorCipher jdk = first.open(CipherMode.CBC, key);
        try {
            return new CbcByLength(jdk, rest.open(CipherMode.CBC, key));
        } catch (TargetException e) {
            return jdk;
        }
    }
}
