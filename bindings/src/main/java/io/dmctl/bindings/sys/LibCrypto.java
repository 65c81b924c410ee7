package io.dmctl.bindings.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// The symmetric ciphers of OpenSSL 3's libcrypto, where this machine has it: nothing is linked, and its absence is an
/// answer. Addresses are passed as `long`; the caller keeps the memory alive. Results are OpenSSL's: 1 for success.
///
/// Thread rule: every method may be called from any thread, a context is used by one at a time.
public final class LibCrypto {
    private static final String NAME = "libcrypto.so.3";
    private static final List<String> FUNCTIONS = List.of(
            "EVP_CIPHER_fetch",
            "EVP_CIPHER_CTX_new",
            "EVP_CIPHER_CTX_free",
            "EVP_CIPHER_CTX_set_padding",
            "EVP_CipherInit_ex",
            "EVP_CipherUpdate");

    private LibCrypto() {}

    /// Whether the library and all functions used here are there; the others throw where this says no.
    public static Availability probe() {
        try {
            final SymbolLookup lookup = SymbolLookup.libraryLookup(NAME, Arena.global());
            for (String function : FUNCTIONS) {
                if (lookup.find(function).isEmpty()) {
                    return Availability.no(NAME + " has no " + function, "install OpenSSL 3");
                }
            }
            return Availability.yes(NAME);
        } catch (IllegalArgumentException e) {
            return Availability.no(NAME + " is not there", "install OpenSSL 3 (Debian: libssl3)");
        }
    }

    /// Linked at the first call of one of the functions. Those that only work on memory need no change of the thread's
    /// state: a sector takes less than a microsecond.
    private static final class Evp {
        static final MethodHandle FETCH = link("EVP_CIPHER_fetch", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        static final MethodHandle NEW = link("EVP_CIPHER_CTX_new", JAVA_LONG);
        static final MethodHandle FREE = linkVoid("EVP_CIPHER_CTX_free", JAVA_LONG);
        static final MethodHandle PADDING = link("EVP_CIPHER_CTX_set_padding", JAVA_INT, JAVA_LONG, JAVA_INT);
        static final MethodHandle INIT =
                link("EVP_CipherInit_ex", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
        static final MethodHandle UPDATE =
                link("EVP_CipherUpdate", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);

        private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
            return link(name, FunctionDescriptor.of(result, arguments));
        }

        private static MethodHandle linkVoid(String name, MemoryLayout... arguments) {
            return link(name, FunctionDescriptor.ofVoid(arguments));
        }

        private static MethodHandle link(String name, FunctionDescriptor shape) {
            final MemorySegment function = SymbolLookup.libraryLookup(NAME, Arena.global())
                    .find(name)
                    .orElseThrow(() -> new UnsupportedOperationException(NAME + " has no " + name));
            return Linker.nativeLinker().downcallHandle(function, shape, Linker.Option.critical(false));
        }
    }

    /// The implementation of a cipher, as `AES-256-XTS`; 0 when there is none. It lives as long as the process.
    public static long fetch(String cipher) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) Evp.FETCH.invokeExact(0L, Sys.cString(arena, cipher).address(), 0L);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// A context, to be freed; 0 when memory is short.
    public static long newContext() {
        try {
            return (long) Evp.NEW.invokeExact();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Wipes the key and frees the context.
    public static void freeContext(long context) {
        try {
            Evp.FREE.invokeExact(context);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Sets cipher and key, without padding.
    public static boolean init(long context, long cipher, MemorySegment key, boolean encrypt) {
        try {
            final int ok = (int) Evp.INIT.invokeExact(context, cipher, 0L, key.address(), 0L, encrypt ? 1 : 0);
            return ok == 1 && (int) Evp.PADDING.invokeExact(context, 0) == 1;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Starts anew with the 16 bytes at `iv`. @HotPath
    public static int setIv(long context, long iv) {
        try {
            return (int) Evp.INIT.invokeExact(context, 0L, 0L, 0L, iv, -1);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Converts `bytes` bytes; how many came out is written to the int at `written`. @HotPath
    public static int update(long context, long to, long written, long from, int bytes) {
        try {
            return (int) Evp.UPDATE.invokeExact(context, to, written, from, bytes);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
