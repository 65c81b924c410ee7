package io.dmctl.backend.crypto;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Keyring;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.KeyReader;
import io.dmctl.targets.spi.crypto.SecretMemory;
import java.lang.foreign.MemorySegment;

/// Keys of type `user` in the kernel's keyrings, as the server sees them: those of the session that started it and of
/// its user.
final class KeyringReader implements KeyReader {
    private final SecretMemory memory;

    KeyringReader(SecretMemory memory) {
        this.memory = memory;
    }

    @Override
    public void read(String type, String description, MemorySegment to) throws TargetException {
        switch (type) {
            case "user" -> {}
            case "logon", "encrypted", "trusted" ->
                throw new TargetException(
                        "user space cannot read keys of type " + type
                                + ": use a key of type user, or its digits (cryptsetup --disable-keyring)",
                        Errno.EOPNOTSUPP,
                        -1);
            default -> throw TargetException.invalid("no key type " + type);
        }
        final MemorySegment payload = memory.allocate(to.byteSize());
        try {
            final long bytes = Keyring.read(Keyring.find(type, description), payload);
            if (bytes != to.byteSize()) {
                throw TargetException.invalid("the key has " + bytes + " bytes, not " + to.byteSize());
            }
            to.copyFrom(payload);
        } catch (ErrnoException e) {
            throw new TargetException(e.getMessage(), e.errno(), -1);
        } finally {
            memory.free(payload);
        }
    }
}
