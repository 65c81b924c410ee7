package io.dmctl.backend.transport;

import static io.dmctl.backend.transport.NbdProtocol.U16;
import static io.dmctl.backend.transport.NbdProtocol.U32;
import static io.dmctl.backend.transport.NbdProtocol.U64;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.UnixSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The negotiation of one connection: fixed newstyle. Blocks; who runs it closes the socket at the deadline.
///
/// What the client says is not trusted: lengths are bounded before anything is read or allocated.
final class NbdHandshake {
    /// The longest option that is read: a name, its length, and the wanted information.
    private static final int MAX_OPTION_BYTES = NbdProtocol.MAX_NAME_BYTES + 256;

    /// Longer options are skipped up to here; beyond, the connection ends.
    private static final int MAX_SKIPPED_BYTES = 64 << 10;

    private static final int REPLY_HEADER_BYTES = 20;
    private static final int OLD_PADDING_BYTES = 124;

    /// The client broke the protocol, in words.
    static final class ProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String text) {
            super(text);
        }
    }

    private enum Next {
        OPTION,
        TRANSMISSION,
        END
    }

    private final UnixSocket socket;
    private final NbdExport export;
    private final Runnable whenAgreed;
    private final MemorySegment in;
    private final MemorySegment out;
    private boolean fixed;
    private boolean noZeroes;

    private NbdHandshake(UnixSocket socket, NbdExport export, Runnable whenAgreed, Arena arena) {
        this.socket = socket;
        this.export = export;
        this.whenAgreed = whenAgreed;
        this.in = arena.allocate(MAX_OPTION_BYTES, Long.BYTES);
        this.out = arena.allocate(MAX_OPTION_BYTES, Long.BYTES);
    }

    /// Negotiates. True: transmission begins; false: the client was content and ends. `whenAgreed` is called before the
    /// client can know that transmission begins.
    ///
    /// @throws IOException when the client vanishes, breaks the protocol, or the socket is closed
    static boolean run(UnixSocket socket, NbdExport export, Runnable whenAgreed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return new NbdHandshake(socket, export, whenAgreed, arena).negotiate();
        }
    }

    private boolean negotiate() throws IOException {
        out.set(U64, 0, NbdProtocol.MAGIC);
        out.set(U64, 8, NbdProtocol.OPTION_MAGIC);
        out.set(U16, 16, (short) (NbdProtocol.FIXED_NEWSTYLE | NbdProtocol.NO_ZEROES));
        send(18);
        receive(4);
        final int flags = in.get(U32, 0);
        if ((flags & ~(NbdProtocol.FIXED_NEWSTYLE | NbdProtocol.NO_ZEROES)) != 0) {
            throw new ProtocolException("unknown client flags 0x" + Integer.toHexString(flags));
        }
        fixed = (flags & NbdProtocol.FIXED_NEWSTYLE) != 0;
        noZeroes = (flags & NbdProtocol.NO_ZEROES) != 0;
        while (true) {
            final Next next = option();
            if (next != Next.OPTION) {
                return next == Next.TRANSMISSION;
            }
        }
    }

    private Next option() throws IOException {
        receive(16);
        if (in.get(U64, 0) != NbdProtocol.OPTION_MAGIC) {
            throw new ProtocolException("bad option magic");
        }
        final int option = in.get(U32, 8);
        final int length = in.get(U32, 12);
        if (option == NbdProtocol.OPT_EXPORT_NAME) {
            return exportName(length);
        }
        if (!fixed) {
            throw new ProtocolException("option " + option + " without fixed newstyle");
        }
        if (length < 0 || length > MAX_OPTION_BYTES) {
            skip(option, length);
            reply(option, NbdProtocol.REP_ERR_TOO_BIG);
            return Next.OPTION;
        }
        receive(length);
        return switch (option) {
            case NbdProtocol.OPT_ABORT -> {
                reply(option, NbdProtocol.REP_ACK);
                yield Next.END;
            }
            case NbdProtocol.OPT_LIST -> list(length);
            case NbdProtocol.OPT_INFO, NbdProtocol.OPT_GO -> info(option, length);
            default -> {
                reply(option, NbdProtocol.REP_ERR_UNSUP);
                yield Next.OPTION;
            }
        };
    }

    private void skip(int option, int length) throws IOException {
        if (length < 0 || length > MAX_SKIPPED_BYTES) {
            throw new ProtocolException("option " + option + " of " + Integer.toUnsignedString(length) + " bytes");
        }
        for (int left = length; left > 0; left -= Math.min(left, MAX_OPTION_BYTES)) {
            receive(Math.min(left, MAX_OPTION_BYTES));
        }
    }

    /// The oldest option: no reply can refuse it, so a wrong name ends the connection.
    private Next exportName(int length) throws IOException {
        if (length < 0 || length > NbdProtocol.MAX_NAME_BYTES) {
            throw new ProtocolException("export name of " + Integer.toUnsignedString(length) + " bytes");
        }
        receive(length);
        if (!isOurs(0, length)) {
            throw new ProtocolException("unknown export");
        }
        out.set(U64, 0, export.sizeBytes());
        out.set(U16, 8, export.transmissionFlags());
        out.asSlice(10, OLD_PADDING_BYTES).fill((byte) 0);
        whenAgreed.run();
        send(noZeroes ? 10 : 10 + OLD_PADDING_BYTES);
        return Next.TRANSMISSION;
    }

    private Next list(int length) throws IOException {
        if (length != 0) {
            reply(NbdProtocol.OPT_LIST, NbdProtocol.REP_ERR_INVALID);
            return Next.OPTION;
        }
        final byte[] name = export.name();
        out.set(U32, REPLY_HEADER_BYTES, name.length);
        MemorySegment.copy(name, 0, out, JAVA_BYTE, REPLY_HEADER_BYTES + 4, name.length);
        reply(NbdProtocol.OPT_LIST, NbdProtocol.REP_SERVER, 4 + name.length);
        reply(NbdProtocol.OPT_LIST, NbdProtocol.REP_ACK);
        return Next.OPTION;
    }

    private Next info(int option, int length) throws IOException {
        final int nameLength = length < 6 ? -1 : in.get(U32, 0);
        if (nameLength < 0
                || nameLength > Math.min(length - 6, NbdProtocol.MAX_NAME_BYTES)
                || length - 6 - nameLength != 2 * Short.toUnsignedInt(in.get(U16, 4 + nameLength))) {
            reply(option, NbdProtocol.REP_ERR_INVALID);
            return Next.OPTION;
        }
        if (!isOurs(4, nameLength)) {
            reply(option, NbdProtocol.REP_ERR_UNKNOWN);
            return Next.OPTION;
        }
        final long from = REPLY_HEADER_BYTES;
        out.set(U16, from, (short) NbdProtocol.INFO_EXPORT);
        out.set(U64, from + 2, export.sizeBytes());
        out.set(U16, from + 10, export.transmissionFlags());
        reply(option, NbdProtocol.REP_INFO, 12);
        // Also to a client that did not ask: it may ignore it, and would be refused unaligned requests without knowing
        // why.
        out.set(U16, from, (short) NbdProtocol.INFO_BLOCK_SIZE);
        out.set(U32, from + 2, export.minBlockBytes());
        out.set(U32, from + 6, export.preferredBlockBytes());
        out.set(U32, from + 10, export.maxIoBytes());
        reply(option, NbdProtocol.REP_INFO, 14);
        if (wants(NbdProtocol.INFO_NAME, 6 + nameLength, length)) {
            final byte[] name = export.name();
            out.set(U16, from, (short) NbdProtocol.INFO_NAME);
            MemorySegment.copy(name, 0, out, JAVA_BYTE, from + 2, name.length);
            reply(option, NbdProtocol.REP_INFO, 2 + name.length);
        }
        if (option == NbdProtocol.OPT_INFO) {
            reply(option, NbdProtocol.REP_ACK);
            return Next.OPTION;
        }
        whenAgreed.run();
        reply(option, NbdProtocol.REP_ACK);
        return Next.TRANSMISSION;
    }

    private boolean wants(int information, int from, int end) {
        for (int at = from; at < end; at += Short.BYTES) {
            if (in.get(U16, at) == information) {
                return true;
            }
        }
        return false;
    }

    /// The empty name is the default export: there is one.
    private boolean isOurs(int at, int length) {
        final MemorySegment name = in.asSlice(at, length);
        return length == 0 || name.mismatch(MemorySegment.ofArray(export.name())) < 0;
    }

    private void reply(int option, int type) throws ErrnoException {
        reply(option, type, 0);
    }

    /// The data is in `out` already, after the header.
    private void reply(int option, int type, int dataBytes) throws ErrnoException {
        out.set(U64, 0, NbdProtocol.OPTION_REPLY_MAGIC);
        out.set(U32, 8, option);
        out.set(U32, 12, type);
        out.set(U32, 16, dataBytes);
        send(REPLY_HEADER_BYTES + dataBytes);
    }

    private void send(int bytes) throws ErrnoException {
        socket.send(out.asSlice(0, bytes), List.of());
    }

    private void receive(int bytes) throws IOException {
        socket.receiveFully(in.asSlice(0, bytes), null);
    }
}
