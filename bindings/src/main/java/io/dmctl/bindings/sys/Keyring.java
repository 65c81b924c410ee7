package io.dmctl.bindings.sys;

import io.dmctl.bindings.libc.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Keys that this process can find in the kernel's keyrings: its session's, its user's.
public final class Keyring {
    private Keyring() {}

    /// The serial number of a key.
    ///
    /// @throws ErrnoException ENOKEY, EKEYEXPIRED, EKEYREVOKED, EACCES
    public static int find(String type, String description) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) ErrnoException.check(
                    "request_key",
                    type + ":" + description,
                    Sys.call(
                            Libc.SYS_request_key(),
                            Sys.cString(arena, type).address(),
                            Sys.cString(arena, description).address(),
                            0));
        }
    }

    /// Reads the payload of key `serial`; answers its length, which may be more than `to` takes.
    ///
    /// @param to native
    /// @throws ErrnoException EOPNOTSUPP for types that user space cannot read, EACCES
    public static long read(int serial, MemorySegment to) throws ErrnoException {
        return ErrnoException.check(
                "keyctl(KEYCTL_READ)",
                "key " + serial,
                Sys.call(Libc.SYS_keyctl(), Libc.KEYCTL_READ(), serial, to.address(), to.byteSize(), 0, 0));
    }

    /// Adds a key to this user's keyring; answers its serial number. An old one of this name gets the new payload.
    ///
    /// @param payload native
    public static int add(String type, String description, MemorySegment payload) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) ErrnoException.check(
                    "add_key",
                    type + ":" + description,
                    Sys.call(
                            Libc.SYS_add_key(),
                            Sys.cString(arena, type).address(),
                            Sys.cString(arena, description).address(),
                            payload.address(),
                            payload.byteSize(),
                            Libc.KEY_SPEC_USER_KEYRING(),
                            0));
        }
    }
}
