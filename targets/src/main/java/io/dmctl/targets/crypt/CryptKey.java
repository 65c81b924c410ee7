package io.dmctl.targets.crypt;

import static io.dmctl.targets.spi.TargetException.EINVAL;

import io.dmctl.targets.spi.StatusSink;
import io.dmctl.targets.spi.TargetException;
import io.dmctl.targets.spi.crypto.KeyReader;
import io.dmctl.targets.spi.crypto.SecretMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The volume key: all keys one after the other, or a name in the keyring and what was read there. Control
/// thread;
/// other threads read [#bytes] while it does not change, which is while the device is not suspended.
///
/// @kernel drivers/md/dm-crypt.c `get_key_size` `crypt_set_key` `crypt_wipe_key`
final class CryptKey implements AutoCloseable {
    private static final int MAX_KEY_BYTES = 1 << 20;
    private static final int ENOMEM = 12;

    private final SecretMemory memory;
    private final KeyReader keys;
    private final int sizeBytes;
    private final MemorySegment bytes;
    private @Nullable String reference;
    private boolean valid;
    private boolean closed;

    private CryptKey(SecretMemory memory, KeyReader keys, int sizeBytes) throws TargetException {
        this.memory = memory;
        this.keys = keys;
        this.sizeBytes = sizeBytes;
        this.bytes = sizeBytes == 0 ? MemorySegment.NULL : memory.allocate(sizeBytes);
    }

    /// Room for the key that `word` spells; it has no value before [#set].
    static CryptKey forWord(MemorySegment word, CryptServices services, int argument) throws TargetException {
        final long size = size(word);
        if (size < 0) {
            throw new TargetException("Cannot parse key size", EINVAL, argument);
        }
        if (size > MAX_KEY_BYTES) {
            throw new TargetException("Cannot allocate encryption context", ENOMEM, argument);
        }
        return new CryptKey(services.memory(), services.keys(), (int) size);
    }

    /// How many bytes the key that `word` spells has: half its digits, or the number in
    /// `:size:type:description`. -1
    /// when that is wrong.
    static long size(MemorySegment word) {
        if (word.byteSize() == 0 || word.get(ValueLayout.JAVA_BYTE, 0) != ':') {
            return word.byteSize() >> 1;
        }
        final String[] parts = text(word).substring(1).split(":", 2);
        if (parts.length < 2) {
            return -1;
        }
        final long size = Numbers.unsigned(parts[0]).orElse(-1);
        return size < 0 ? -1 : (int) size; // an int in the kernel: what does not fit is negative
    }

    int sizeBytes() {
        return sizeBytes;
    }

    boolean valid() {
        return valid;
    }

    /// Part `index` of `count` equal ones.
    MemorySegment part(int index, int count) {
        final int each = sizeBytes / count;
        return bytes.asSlice((long) index * each, each);
    }

    /// Takes the value that `word` spells. From the first digit on the old one is gone, also when this throws.
    void set(MemorySegment word) throws TargetException {
        if (sizeBytes == 0 && !(word.byteSize() == 1 && word.get(ValueLayout.JAVA_BYTE, 0) == '-')) {
            throw TargetException.invalid("no key");
        }
        if (word.byteSize() > 0 && word.get(ValueLayout.JAVA_BYTE, 0) == ':') {
            setReference(text(word));
            return;
        }
        valid = false;
        reference = null;
        for (int i = 0; i < sizeBytes; i++) {
            final int high = digit(word, 2L * i);
            final int low = digit(word, 2L * i + 1);
            if (high < 0 || low < 0) {
                throw TargetException.invalid("not hexadecimal");
            }
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (high << 4 | low));
        }
        valid = true;
    }

    private static int digit(MemorySegment word, long at) {
        return Character.digit(word.get(ValueLayout.JAVA_BYTE, at), 16);
    }

    private void setReference(String word) throws TargetException {
        final String name = word.split(":", 3)[2]; // type:description
        final int colon = name.indexOf(':');
        if (name.chars().anyMatch(Character::isWhitespace) || colon <= 0 || colon == name.length() - 1) {
            throw TargetException.invalid("not :size:type:description");
        }
        keys.read(name.substring(0, colon), name.substring(colon + 1), bytes);
        reference = name;
        valid = true;
    }

    /// Zeros, until the next [#set].
    void wipe() {
        valid = false;
        reference = null;
        bytes.fill((byte) 0);
    }

    void print(StatusSink out) {
        if (sizeBytes == 0) {
            out.text("-");
        } else if (reference != null) {
            out.text(":").number(sizeBytes).text(":").text(reference);
        } else {
            final byte[] hex = new byte[2 * sizeBytes];
            for (int i = 0; i < sizeBytes; i++) {
                final int b = bytes.get(ValueLayout.JAVA_BYTE, i);
                hex[2 * i] = (byte) Character.forDigit(b >> 4 & 15, 16);
                hex[2 * i + 1] = (byte) Character.forDigit(b & 15, 16);
            }
            out.bytes(hex);
            Arrays.fill(hex, (byte) 0);
        }
    }

    private static String text(MemorySegment reference) {
        return new String(reference.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            valid = false;
            if (sizeBytes > 0) {
                memory.free(bytes);
            }
        }
    }
}
