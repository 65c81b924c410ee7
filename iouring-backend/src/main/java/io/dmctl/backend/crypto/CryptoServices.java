package io.dmctl.backend.crypto;

import io.dmctl.targets.spi.crypto.KeyReader;
import io.dmctl.targets.spi.crypto.SecretMemory;
import io.dmctl.targets.spi.crypto.SectorCiphers;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services of this package, made when a target first asks for one: most servers never do.
public final class CryptoServices {
    private static final Logger LOG = LoggerFactory.getLogger(CryptoServices.class);

    private CryptoServices() {}

    private static final class Made {
        static final Map<Class<?>, Object> SERVICES = make();

        private static Map<Class<?>, Object> make() {
            final ChosenCiphers ciphers = ChosenCiphers.probe();
            LOG.info("aes: {} ({})", ciphers.name(), ciphers.reason());
            final LockedMemory memory = new LockedMemory();
            return Map.of(
                    SectorCiphers.class, ciphers,
                    SecretMemory.class, memory,
                    KeyReader.class, new KeyringReader(memory));
        }
    }

    /// Empty when this package does not offer it.
    public static <S> Optional<S> find(Class<S> type) {
        if (type != SectorCiphers.class && type != SecretMemory.class && type != KeyReader.class) {
            return Optional.empty();
        }
        return Optional.of(type.cast(Objects.requireNonNull(Made.SERVICES.get(type))));
    }
}
