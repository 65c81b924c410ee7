package io.dmctl.backend.transport;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// A small blocking NBD client that can also say what no good client says.
final class NbdClient implements TransportContractTest.Client {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISC = 2;
    static final int FLUSH = 3;
    static final int TRIM = 4;
    static final int WRITE_ZEROES = 6;

    @SuppressWarnings("ArrayRecordComponent") // not compared
    record OptionReply(int option, int type, byte[] data) {
        ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }
    }

    record Reply(int error, long cookie) {}

    final SocketChannel channel;
    final DataInputStream in;
    long sizeBytes;
    int flags;
    int maxIoBytes = 1 << 20;
    private long nextCookie = 1000;

    /// Connected, nothing negotiated.
    NbdClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        in = new DataInputStream(Channels.newInputStream(channel));
    }

    /// In transmission.
    static NbdClient connect(Path socket, String name) throws IOException {
        final NbdClient client = new NbdClient(socket);
        client.greet(3);
        client.option(7, infoData(name));
        OptionReply reply = client.optionReply();
        for (; reply.type() == 3; reply = client.optionReply()) {
            final ByteBuffer info = reply.buffer();
            switch (info.getShort()) {
                case 0 -> {
                    client.sizeBytes = info.getLong();
                    client.flags = info.getShort();
                }
                case 3 -> client.maxIoBytes = info.getInt(10);
                default -> throw new IOException("unexpected info");
            }
        }
        if (reply.type() != 1) {
            throw new IOException("GO refused: " + Integer.toHexString(reply.type()));
        }
        return client;
    }

    static byte[] infoData(String name, int... infos) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer data = ByteBuffer.allocate(6 + bytes.length + 2 * infos.length);
        data.putInt(bytes.length).put(bytes).putShort((short) infos.length);
        for (int info : infos) {
            data.putShort((short) info);
        }
        return data.array();
    }

    /// Reads the greeting, answers `clientFlags`; the server's flags.
    int greet(int clientFlags) throws IOException {
        if (in.readLong() != 0x4e42444d41474943L || in.readLong() != 0x49484156454f5054L) {
            throw new IOException("bad greeting");
        }
        final int serverFlags = in.readShort();
        send(ByteBuffer.allocate(4).putInt(clientFlags));
        return serverFlags;
    }

    void send(ByteBuffer data) throws IOException {
        data.flip();
        while (data.hasRemaining()) {
            channel.write(data);
        }
    }

    void option(int option, byte[] data) throws IOException {
        option(option, data.length, data);
    }

    void option(int option, int length, byte[] data) throws IOException {
        send(ByteBuffer.allocate(16 + data.length)
                .putLong(0x49484156454f5054L)
                .putInt(option)
                .putInt(length)
                .put(data));
    }

    OptionReply optionReply() throws IOException {
        if (in.readLong() != 0x3e889045565a9L) {
            throw new IOException("bad option reply");
        }
        final int option = in.readInt();
        final int type = in.readInt();
        return new OptionReply(option, type, in.readNBytes(in.readInt()));
    }

    void request(int type, int commandFlags, long cookie, long offset, int length, byte[] payload) throws IOException {
        request(0x25609513, type, commandFlags, cookie, offset, length, payload);
    }

    void request(int magic, int type, int commandFlags, long cookie, long offset, int length, byte[] payload)
            throws IOException {
        send(ByteBuffer.allocate(28 + payload.length)
                .putInt(magic)
                .putShort((short) commandFlags)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset)
                .putInt(length)
                .put(payload));
    }

    Reply reply() throws IOException {
        if (in.readInt() != 0x67446698) {
            throw new IOException("bad reply magic");
        }
        return new Reply(in.readInt(), in.readLong());
    }

    /// One request and its reply; the error.
    int call(int type, int commandFlags, long offset, int length, byte[] payload) throws IOException {
        final long cookie = nextCookie++;
        request(type, commandFlags, cookie, offset, length, payload);
        final Reply reply = reply();
        if (reply.cookie() != cookie) {
            throw new IOException("another cookie");
        }
        return reply.error();
    }

    /// The stream ended.
    boolean atEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true; // reset, with data of ours unread
        }
    }

    private void check(String call, int error) throws ErrnoException {
        if (error != 0) {
            throw new ErrnoException(call, "nbd", error);
        }
    }

    @Override
    public byte[] read(long sector, int bytes) throws IOException {
        final byte[] data = new byte[bytes];
        for (int at = 0; at < bytes; at += maxIoBytes) {
            final int n = Math.min(maxIoBytes, bytes - at);
            check("read", call(READ, 0, sector * 512 + at, n, new byte[0]));
            in.readFully(data, at, n);
        }
        return data;
    }

    @Override
    public void write(long sector, byte[] data, boolean fua) throws IOException {
        for (int at = 0; at < data.length; at += maxIoBytes) {
            final byte[] piece = Arrays.copyOfRange(data, at, Math.min(data.length, at + maxIoBytes));
            check("write", call(WRITE, fua ? 1 : 0, sector * 512 + at, piece.length, piece));
        }
    }

    @Override
    public void flush() throws IOException {
        check("flush", call(FLUSH, 0, 0, 0, new byte[0]));
    }

    @Override
    public void discard(long sector, long sectors) throws IOException {
        check("trim", call(TRIM, 0, sector * 512, (int) (sectors * 512), new byte[0]));
    }

    @Override
    public void writeZeroes(long sector, long sectors) throws IOException {
        check("write zeroes", call(WRITE_ZEROES, 0, sector * 512, (int) (sectors * 512), new byte[0]));
    }

    /// Says goodbye and waits until the server has let go.
    @Override
    public void close() throws IOException {
        try {
            request(DISC, 0, 0, 0, 0, new byte[0]);
        } catch (IOException e) {
            throw new EOFException(Errno.describe(Errno.EPIPE));
        } finally {
            channel.close();
        }
    }
}
