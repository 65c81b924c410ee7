package io.dmctl.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// A plain NBD client: fixed newstyle, simple replies, one request at a time.
///
/// Source: the NBD protocol, doc/proto.md of the NBD project.
final class NbdIo implements DeviceIo {
    private static final long MAGIC = 0x4e42444d41474943L; // "NBDMAGIC"
    private static final long IHAVEOPT = 0x49484156454f5054L;
    private static final long REPLY_MAGIC = 0x3e889045565a9L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    private static final int OPT_GO = 7;
    private static final int REP_ACK = 1;
    private static final int CLIENT_FIXED_NO_ZEROES = 3;
    private static final int CMD_READ = 0;
    private static final int CMD_WRITE = 1;
    private static final int CMD_DISC = 2;
    private static final int CMD_FLUSH = 3;

    private final SocketChannel socket;
    private long cookie;

    private NbdIo(SocketChannel socket) {
        this.socket = socket;
    }

    /// Connects to an address `nbd+unix:///EXPORT?socket=PATH`.
    static NbdIo connect(String address) throws IOException {
        final URI uri = URI.create(address);
        final String query = uri.getRawQuery();
        final String path = URLDecoder.decode(query.substring("socket=".length()), StandardCharsets.UTF_8);
        final SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        final NbdIo nbd = new NbdIo(socket);
        boolean ok = false;
        try {
            nbd.negotiate(uri.getPath().substring(1));
            ok = true;
            return nbd;
        } finally {
            if (!ok) {
                socket.close();
            }
        }
    }

    private void negotiate(String export) throws IOException {
        final ByteBuffer hello = receive(18);
        if (hello.getLong() != MAGIC || hello.getLong() != IHAVEOPT) {
            throw new IOException("nbd: the server does not speak fixed newstyle");
        }
        final byte[] name = export.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer go = ByteBuffer.allocate(4 + 8 + 4 + 4 + 4 + name.length + 2);
        go.putInt(CLIENT_FIXED_NO_ZEROES).putLong(IHAVEOPT).putInt(OPT_GO).putInt(4 + name.length + 2);
        go.putInt(name.length).put(name).putShort((short) 0);
        send(go.flip());
        while (true) {
            final ByteBuffer reply = receive(20);
            if (reply.getLong() != REPLY_MAGIC || reply.getInt() != OPT_GO) {
                throw new IOException("nbd: not a reply to GO");
            }
            final int type = reply.getInt();
            final ByteBuffer payload = receive(reply.getInt());
            if (type == REP_ACK) {
                return;
            }
            if (type < 0) {
                throw new IOException("nbd: export '" + export + "' refused: error 0x" + Integer.toHexString(type) + " "
                        + StandardCharsets.UTF_8.decode(payload));
            }
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        request(CMD_WRITE, offset, from.remaining());
        send(from);
        reply("write");
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        request(CMD_READ, offset, into.remaining());
        reply("read");
        receive(into);
    }

    @Override
    public void flush() throws IOException {
        request(CMD_FLUSH, 0, 0);
        reply("flush");
    }

    private void request(int command, long offset, int length) throws IOException {
        final ByteBuffer request = ByteBuffer.allocate(28);
        request.putInt(REQUEST_MAGIC).putShort((short) 0).putShort((short) command);
        request.putLong(++cookie).putLong(offset).putInt(length);
        send(request.flip());
    }

    private void reply(String what) throws IOException {
        final ByteBuffer reply = receive(16);
        if (reply.getInt() != SIMPLE_REPLY_MAGIC) {
            throw new IOException("nbd: not a simple reply");
        }
        final int error = reply.getInt();
        if (reply.getLong() != cookie) {
            throw new IOException("nbd: a reply to another request");
        }
        if (error != 0) {
            throw new IOException("nbd: " + what + ": error " + error);
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    private ByteBuffer receive(int bytes) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(bytes);
        receive(buffer);
        return buffer.flip();
    }

    private void receive(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (socket.read(into) < 0) {
                throw new EOFException("nbd: the server has gone");
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (socket.isOpen()) {
            request(CMD_DISC, 0, 0);
        }
        socket.close();
    }
}
