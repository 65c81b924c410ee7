package io.dmctl.backend.client;

import io.dmctl.backend.server.ServerProtocol;
import io.dmctl.bindings.control.DeviceDescriptor;
import io.dmctl.bindings.control.DmId;
import io.dmctl.bindings.control.DmName;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.sys.Fd;
import io.dmctl.bindings.sys.OpenFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a device word of a table means: a device of ours, by name or by what leads to it, or else something to open.
final class LowerWords {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9}):(\\d{1,9})");
    private static final String MAPPER = "/dev/mapper/";

    private LowerWords() {}

    static Optional<DeviceRecord> ours(Registry registry, String word) throws IOException {
        final String name = word.startsWith(MAPPER) ? word.substring(MAPPER.length()) : word;
        if (!name.isEmpty() && name.indexOf('/') < 0 && !name.equals(".") && !name.equals("..")) {
            final Optional<DeviceRecord> byName = byName(registry, name);
            if (byName.isPresent()) {
                return byName;
            }
        }
        for (DeviceRecord record : registry.all()) {
            final boolean same = record.address().equals(Optional.of(word))
                    || (record.ublkId() >= 0
                            && word.equals(BlockNumbers.of(record.address()).toString()));
            if (same) {
                return Optional.of(record);
            }
        }
        return Optional.empty();
    }

    private static Optional<DeviceRecord> byName(Registry registry, String name) throws IOException {
        try {
            return registry.find(DmId.of(DmName.of(name)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no device can have that name
        }
    }

    /// Opens what is not ours, once a word; what cannot be opened becomes an option that says so.
    static void open(
            Map<String, Optional<DeviceRecord>> words,
            boolean readOnly,
            List<DeviceDescriptor> opened,
            List<String> options) {
        for (Map.Entry<String, Optional<DeviceRecord>> entry : words.entrySet()) {
            if (entry.getValue().isPresent()) {
                continue;
            }
            final String word = entry.getKey();
            try {
                opened.add(new DeviceDescriptor(word, open(word, readOnly)));
            } catch (ErrnoException e) {
                options.add(ServerProtocol.NOT_OPENED + "=" + e.errno() + " " + word);
            }
        }
    }

    private static Fd open(String word, boolean readOnly) throws ErrnoException {
        final String path = path(word);
        if (!readOnly) {
            try {
                return Fd.open(path, OpenFlags.RDWR | OpenFlags.NONBLOCK);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EISDIR) {
                    throw e;
                }
                // A directory is opened for reading, so that it is refused for what it is.
            }
        }
        return Fd.open(path, OpenFlags.RDONLY | OpenFlags.NONBLOCK);
    }

    /// The node of a device number is looked up in sysfs, for /dev/block is udev's.
    private static String path(String word) throws ErrnoException {
        if (!NUMBER.matcher(word).matches()) {
            return word;
        }
        final Path device = Path.of("/sys/dev/block", word);
        try {
            return "/dev/" + device.toRealPath().getFileName().toString().replace('!', '/');
        } catch (IOException e) {
            throw new ErrnoException("open", word, Files.exists(device) ? Errno.EIO : Errno.ENXIO);
        }
    }
}
