package io.dmctl.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs the test class in the lab: one boot a class, its methods inside the guest as root, their results reported
/// by the host's JUnit. The kernel's log must be clean at the end. On the host, only the class's constructor runs.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(LabExtension.class)
public @interface LabTest {
    /// CPUs of the guest, and of the host for it. One is several times as fast as two; take two where threads race.
    int cpus() default 1;

    /// Memory of the guest, such as `2G`; the host gives it as it is touched.
    String memory() default "2G";

    /// Disks of zeros, such as `256M`: the first is /dev/ubda, then /dev/ubdb.
    String[] disks() default {};

    /// How long the whole class may take in the guest.
    int timeoutSeconds() default 600;

    /// Regular expressions (grep -E) for lines of the kernel's log that are no finding in this class.
    String[] allowedKernelLog() default {};
}
