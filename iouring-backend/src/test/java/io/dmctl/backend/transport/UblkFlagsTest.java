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

    private static long flags(IoMode mode, Set<UblkFeature> there) throws ErrnoException {
        return UblkFlags.of(UblkOptions.DEFAULT.with(mode), there);
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

    @Test
    void withoutAWishAnyDriverWillDo() throws ErrnoException {
        assertEquals(0, flags(IoMode.of(IoMode.AUTO), Set.of()));
    }
}
