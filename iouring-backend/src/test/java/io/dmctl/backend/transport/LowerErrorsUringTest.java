package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.backend.lower.RingDevice;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.targets.core.MappedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What each operation makes of an error that the ring answers for the device below.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class LowerErrorsUringTest {
    private static final int SECTORS = 64;
    private static final byte[] DATA = new byte[8 * Rig.SECTOR];

    static {
        Arrays.fill(DATA, (byte) 5);
    }

    /// Each on the first sectors.
    enum Op {
        READ {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.read(0, MemorySegment.ofArray(new byte[DATA.length]));
            }
        },
        WRITE {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.write(0, MemorySegment.ofArray(DATA), false);
            }
        },
        FUA {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.write(0, MemorySegment.ofArray(DATA), true);
            }
        },
        FLUSH {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.flush();
            }
        },
        DISCARD {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.discard(0, 8);
            }
        },
        WRITE_ZEROES {
            @Override
            void run(EmbeddedDevice device) throws ErrnoException {
                device.writeZeroes(0, 8);
            }
        };

        abstract void run(EmbeddedDevice device) throws ErrnoException;
    }

    private final Rig rig = new Rig();
    private @Nullable FaultyDevice below;
    private final MappedDevice md = rig.device("errors");
    private final EmbeddedTransport transport = new EmbeddedTransport(rig.group, md, EmbeddedOptions.DEFAULT);

    @BeforeEach
    void start() throws Exception {
        rig.below = this::faulty;
        md.setFront(transport);
        rig.run(md, Rig.line(0, SECTORS, "linear", rig.file("disk", SECTORS) + " 0"));
    }

    private FaultyDevice faulty(RingDevice real) {
        final FaultyDevice made = new FaultyDevice(real);
        below = made;
        return made;
    }

    @AfterEach
    void stop() throws Exception {
        transport.stop();
        md.remove();
        rig.close();
    }

    /// `op` with `times` completions of `errno`: what it throws, 0 for nothing. The device works on.
    private int run(Op op, int times, int errno) throws IOException {
        final FaultyDevice faulty = Objects.requireNonNull(below);
        faulty.fail(times, -errno);
        int thrown = 0;
        try (EmbeddedDevice device = transport.open()) {
            try {
                op.run(device);
            } catch (ErrnoException e) {
                thrown = e.errno();
            }
            faulty.fail(0, 0);
            device.write(16, MemorySegment.ofArray(DATA), false);
            final byte[] back = new byte[DATA.length];
            device.read(16, MemorySegment.ofArray(back));
            assertArrayEquals(DATA, back);
        }
        return thrown;
    }

    @ParameterizedTest
    @EnumSource(Op.class)
    void anErrorIsTheOperationsOwn(Op op) throws Exception {
        assertEquals(Errno.EIO, run(op, 1, Errno.EIO));
        assertEquals(Errno.ENOSPC, run(op, 1, Errno.ENOSPC));
        assertEquals(Errno.EOPNOTSUPP, run(op, 1, Errno.EOPNOTSUPP));
    }

    @ParameterizedTest
    @EnumSource(Op.class)
    void whatIsToBeTriedAgainIsTriedAgain(Op op) throws Exception {
        assertEquals(0, run(op, 3, Errno.EINTR));
        assertEquals(0, run(op, 3, Errno.EAGAIN));
    }

    @ParameterizedTest
    @EnumSource(Op.class)
    void whatNeverSucceedsEnds(Op op) throws Exception {
        assertEquals(Errno.EIO, run(op, 100_000, Errno.EAGAIN));
        assertEquals(Errno.EIO, run(op, 100_000, Errno.EINTR));
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"READ", "WRITE", "FUA"})
    void noProgressIsAnError(Op op) throws Exception {
        assertEquals(Errno.EIO, run(op, 1, 0));
    }
}
