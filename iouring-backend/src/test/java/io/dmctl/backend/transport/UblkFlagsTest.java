package io.dmctl.backend.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import io.dmctl.bindings.ublkctl.UblkFeature;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UblkFlagsTest {
    private static final Set<UblkFeature> ALL = EnumSet.allOf(UblkFeature.class);
    private static final String ROOTS = ": the kernel has it for root's devices only (CAP_SYS_ADMIN)";

    private static long flags(IoMode mode, Set<UblkFeature> there) throws ErrnoException {
        return UblkFlags.of(UblkOptions.DEFAULT.with(mode), there, false);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void theModeIsInTheFlags(IoMode mode) throws ErrnoException {
        assertEquals(mode, IoMode.ofFlags(flags(mode, ALL)));
        assertEquals(mode, IoMode.of(mode.word()));
    }

    @ParameterizedTest
    @EnumSource(value = IoMode.class, names = "COPY", mode = EnumSource.Mode.EXCLUDE)
    void whatTheDriverLacksIsRefusedByName(IoMode mode) {
        for (UblkFeature needed : mode.needs()) {
            final Set<UblkFeature> others = EnumSet.complementOf(EnumSet.of(needed));
            final ErrnoException e = assertThrows(ErrnoException.class, () -> flags(mode, others));
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith("--io-mode " + mode.word() + ": the driver has no " + needed + " (Linux "),
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void anOrdinaryUserHasTheModesInWhichTheDriverCopies(IoMode mode) throws ErrnoException {
        final UblkOptions options = UblkOptions.DEFAULT.with(mode);
        if (mode.driverCopies()) {
            assertTrue(UblkFeature.UNPRIVILEGED_DEV.in(UblkFlags.of(options, ALL, true)));
        } else {
            assertEquals("--io-mode " + mode.word() + ROOTS, refused(options, ALL));
        }
    }

    @Test
    void anOrdinaryUserHasNoRecovery() {
        final UblkOptions options = UblkOptions.DEFAULT.with(RecoveryPolicy.QUEUE, -1);
        assertEquals("--recovery queue" + ROOTS, refused(options, ALL));
        final Set<UblkFeature> old = EnumSet.complementOf(EnumSet.of(UblkFeature.UNPRIVILEGED_DEV));
        assertEquals(
                "a device of an ordinary user: the driver has no UNPRIVILEGED_DEV (Linux 6.3)",
                refused(UblkOptions.DEFAULT, old));
    }

    private static String refused(UblkOptions options, Set<UblkFeature> there) {
        final ErrnoException e = assertThrows(ErrnoException.class, () -> UblkFlags.of(options, there, true));
        assertEquals(Errno.EOPNOTSUPP, e.errno());
        return String.valueOf(e.getMessage()).replaceFirst(": [^:]*$", "");
    }

    @Test
    void withoutAWishAnyDriverWillDo() throws ErrnoException {
        assertEquals(0, flags(IoMode.of(IoMode.AUTO), Set.of()));
    }
}
