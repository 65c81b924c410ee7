package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.TargetContext;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.KeyReader;
import io.dmctl.targets.spi.crypto.SecretMemory;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import io.dmctl.targets.support.aes.JdkSectorCiphers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// What the backend offers, and plain Java where it offers nothing: the JDK's ciphers, memory that is not
/// locked, no
/// keyring.
record CryptServices(SectorCiphers ciphers, SecretMemory memory, KeyReader keys) {
    private static final int EOPNOTSUPP = 95;

    static CryptServices of(TargetContext ti) {
        return new CryptServices(
                or(ti, SectorCiphers.class, new JdkSectorCiphers()),
                or(ti, SecretMemory.class, new PlainMemory()),
                or(ti, KeyReader.class, CryptServices::noKeyring));
    }

    private static <S> S or(TargetContext ti, Class<S> type, S other) {
        try {
            return ti.service(type);
        } catch (TargetException e) {
            return other; // an embedding program need not offer it
        }
    }

    private static void noKeyring(String type, String description, MemorySegment to) throws TargetException {
        throw new TargetException("keys of the kernel's keyring cannot be read here", EOPNOTSUPP, -1);
    }

    private static final class PlainMemory implements SecretMemory {
        private final Map<MemorySegment, Arena> arenas = new HashMap<>();

        @Override
        public MemorySegment allocate(long bytes) {
            final Arena arena = Arena.ofShared();
            final MemorySegment memory = arena.allocate(bytes);
            arenas.put(memory, arena);
            return memory;
        }

        @Override
        public void free(MemorySegment memory) {
            final Arena arena = arenas.remove(memory);
            if (arena != null) {
                memory.fill((byte) 0);
                arena.close();
            }
        }
    }
}
