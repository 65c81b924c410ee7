package io.dmctl.targets.crypt;

import io.dmctl.targets.spi.HotPath;
import io.dmctl.targets.spi.TargetException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The [CryptThread] of each I/O thread, made when that thread first asks.
///
/// The array is replaced as a whole, so that a thread sees its own entry whatever others add meanwhile.
final class CryptThreads {
    private static final System.Logger LOG = System.getLogger(CryptThreads.class.getName());

    private final Supplier<CryptThread> factory;
    private final AtomicReference<@Nullable CryptThread[]> all = new AtomicReference<>(new CryptThread[0]);

    CryptThreads(Supplier<CryptThread> factory) {
        this.factory = factory;
    }

    @HotPath
    CryptThread get(int threadIndex) {
        final @Nullable CryptThread[] now = all.getAcquire(); // pairs with add; one's own entry was written by oneself
        if (threadIndex < now.length) {
            final CryptThread thread = now[threadIndex];
            if (thread != null) {
                return thread;
            }
        }
        return add(threadIndex);
    }

    private CryptThread add(int threadIndex) {
        final CryptThread made = factory.get();
        all.updateAndGet(old -> {
            final @Nullable CryptThread[] grown = Arrays.copyOf(old, Math.max(old.length, threadIndex + 1));
            grown[threadIndex] = made;
            return grown;
        });
        return made;
    }

    /// False, and a line in the log, when the ciphers cannot be made.
    boolean open(CryptThread thread) {
        try {
            thread.open();
            return true;
        } catch (TargetException e) {
            LOG.log(System.Logger.Level.WARNING, "crypt: no cipher for this thread: {0}", e.getMessage());
            return false;
        }
    }

    /// The key has changed; nothing is in flight.
    void dropCiphers() {
        for (CryptThread thread : all.get()) {
            if (thread != null) {
                thread.dropCiphers();
            }
        }
    }

    /// Nothing is in flight.
    void close() {
        for (CryptThread thread : all.getAndSet(new CryptThread[0])) {
            if (thread != null) {
                thread.close();
            }
        }
    }
}
