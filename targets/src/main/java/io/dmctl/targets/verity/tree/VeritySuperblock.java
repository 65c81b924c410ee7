package io.dmctl.targets.verity.tree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What veritysetup writes before the tree, 512 bytes, so that only the root digest must be kept elsewhere. The
/// kernel does not read it.
///
/// `"verity\0\0"`, version u32, hash type u32 @12, uuid @16, algorithm[32] @32, data block size u32 @64,
/// hash block size @68, data blocks u64 @72, salt size u16 @80, salt[256] @88; little endian.
@SuppressWarnings("ArrayRecordComponent")
public record VeritySuperblock(
        int hashType,
        UUID uuid,
        String algorithm,
        int dataBlockBytes,
        int hashBlockBytes,
        long dataBlocks,
        byte[] salt) {
    /// How long it is.
    public static final int BYTES = 512;

    /// The longest salt.
    public static final int MAX_SALT = 256;

    private static final byte[] SIGNATURE = "verity\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int ALGORITHM_AT = 32;
    private static final int ALGORITHM_BYTES = 32;
    private static final int SALT_AT = 88;

    public byte[] encode() {
        final ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        b.put(SIGNATURE).putInt(VERSION).putInt(hashType);
        b.order(ByteOrder.BIG_ENDIAN); // a uuid's bytes are in the order of its text
        b.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        b.order(ByteOrder.LITTLE_ENDIAN);
        b.put(ALGORITHM_AT, algorithm.getBytes(StandardCharsets.US_ASCII));
        b.position(ALGORITHM_AT + ALGORITHM_BYTES);
        b.putInt(dataBlockBytes).putInt(hashBlockBytes).putLong(dataBlocks).putShort((short) salt.length);
        b.put(SALT_AT, salt);
        return b.array();
    }

    /// Null when there is none, or one of another version. What it says may be anything.
    public static @Nullable VeritySuperblock decode(byte[] bytes) {
        final ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final byte[] signature = new byte[SIGNATURE.length];
        b.get(signature);
        if (!Arrays.equals(signature, SIGNATURE) || b.getInt() != VERSION) {
            return null;
        }
        final int hashType = b.getInt();
        b.order(ByteOrder.BIG_ENDIAN);
        final UUID uuid = new UUID(b.getLong(), b.getLong());
        b.order(ByteOrder.LITTLE_ENDIAN);
        int end = ALGORITHM_AT;
        while (end < ALGORITHM_AT + ALGORITHM_BYTES && bytes[end] != 0) {
            end++;
        }
        final String algorithm = new String(bytes, ALGORITHM_AT, end - ALGORITHM_AT, StandardCharsets.US_ASCII);
        b.position(ALGORITHM_AT + ALGORITHM_BYTES);
        final int dataBlockBytes = b.getInt();
        final int hashBlockBytes = b.getInt();
        final long dataBlocks = b.getLong();
        final int saltBytes = Short.toUnsignedInt(b.getShort());
        if (saltBytes > MAX_SALT) {
            return null;
        }
        final byte[] salt = Arrays.copyOfRange(bytes, SALT_AT, SALT_AT + saltBytes);
        return new VeritySuperblock(hashType, uuid, algorithm, dataBlockBytes, hashBlockBytes, dataBlocks, salt);
    }
}
