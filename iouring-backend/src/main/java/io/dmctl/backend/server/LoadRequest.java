package io.dmctl.backend.server;

import io.dmctl.backend.client.LoadOptions;
import io.dmctl.backend.transport.UblkOptions;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.control.DmProtocolException;
import io.dmctl.bindings.control.DmUuid;
import io.dmctl.bindings.control.Frame;
import io.dmctl.bindings.sys.Errno;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What a TABLE_LOAD says beyond the table: who the device is and how it is to be shown, should the server
/// not know it yet; and which words the client could not open, with the errno. `tableNumber` is the number
/// of a table that a dead server left, 0 for a new one.
record LoadRequest(
        Optional<DmName> name,
        Optional<DmUuid> uuid,
        LoadOptions options,
        Optional<Takeover> takeover,
        long tableNumber,
        Map<String, Integer> notOpened) {

    /// A device that a dead server left. @param ublkId N of /dev/ublkbN, -1 for none
    record Takeover(int ublkId, long eventNr, boolean suspended) {
        static Takeover of(Map<String, String> options) throws DmProtocolException {
            return new Takeover(
                    number(ServerProtocol.ADOPT, options.getOrDefault(ServerProtocol.ADOPT, "")),
                    Long.parseLong(options.getOrDefault(ServerProtocol.EVENT_NR, "0")),
                    Boolean.parseBoolean(options.get(ServerProtocol.SUSPENDED)));
        }
    }

    static LoadRequest of(Frame frame) throws DmProtocolException {
        final Map<String, String> options = new HashMap<>();
        final Map<String, Integer> notOpened = new HashMap<>();
        for (String option : frame.options()) {
            final int at = option.indexOf('=');
            final String key = at < 0 ? option : option.substring(0, at);
            final String value = option.substring(at + 1);
            if (key.equals(ServerProtocol.NOT_OPENED)) {
                final int space = value.indexOf(' ');
                notOpened.put(value.substring(space + 1), number(key, value.substring(0, Math.max(0, space))));
            } else {
                options.put(key, value);
            }
        }
        return new LoadRequest(
                Optional.ofNullable(options.get(ServerProtocol.NAME)).map(DmName::of),
                Optional.ofNullable(options.get(ServerProtocol.UUID)).map(DmUuid::of),
                options(options),
                options.containsKey(ServerProtocol.ADOPT) ? Optional.of(Takeover.of(options)) : Optional.empty(),
                number(ServerProtocol.TABLE_NUMBER, options.getOrDefault(ServerProtocol.TABLE_NUMBER, "0")),
                notOpened);
    }

    private static LoadOptions options(Map<String, String> words) throws DmProtocolException {
        final LoadOptions usual = LoadOptions.DEFAULT;
        return new LoadOptions(
                words.getOrDefault(ServerProtocol.TRANSPORT, usual.transport()),
                number(ServerProtocol.QUEUES, words.getOrDefault(ServerProtocol.QUEUES, "0")),
                number(ServerProtocol.DEPTH, words.getOrDefault(ServerProtocol.DEPTH, "0")),
                usual.group(),
                words.getOrDefault(ServerProtocol.RECOVERY, usual.recovery()),
                words.getOrDefault(ServerProtocol.IO_MODE, usual.ioMode()),
                words.getOrDefault(ServerProtocol.MODULE_PATH, usual.modulePath()),
                words.getOrDefault(ServerProtocol.IDLE, usual.idle()),
                words.getOrDefault(ServerProtocol.AFFINITY, usual.affinity()),
                number(ServerProtocol.THREADS, words.getOrDefault(ServerProtocol.THREADS, "0")),
                words.getOrDefault(ServerProtocol.SHMEM, usual.shmem()));
    }

    /// Its queue's requests at once, for what is made before the transport refuses too many.
    int boundedDepth() {
        return Math.clamp(options.depth(), 0, UblkOptions.MAX_DEPTH);
    }

    private static int number(String key, String value) throws DmProtocolException {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new DmProtocolException(Errno.EINVAL, "option " + key + " must be a number, was '" + value + "'");
        }
    }
}
