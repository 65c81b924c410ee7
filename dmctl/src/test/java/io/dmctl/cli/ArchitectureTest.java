package io.dmctl.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The directions between modules, and what a target must not do: see docs/architecture.md.
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.dmctl");

    private static final String[] JDK = {"java..", "javax.."};
    private static final String ANNOTATIONS = "org.jspecify..";
    private static final String TARGETS = "io.dmctl.targets..";
    private static final DescribedPredicate<JavaClass> CONCRETE_TARGET = resideInAPackage(TARGETS)
            .and(not(resideInAnyPackage(
                    "io.dmctl.targets.spi..",
                    "io.dmctl.targets.core..",
                    "io.dmctl.targets.support..",
                    "io.dmctl.targets.testkit..")))
            .as("a concrete target");

    private static void check(ArchRule rule) {
        rule.check(ALL);
    }

    @Test
    void allModulesAreLookedAt() {
        for (String name : List.of(
                "io.dmctl.bindings.sys.Sys",
                "io.dmctl.targets.spi.Target",
                "io.dmctl.targets.linear.LinearTargetType",
                "io.dmctl.backend.client.Engines",
                "io.dmctl.cli.Main")) {
            assertTrue(ALL.contain(name), name);
        }
    }

    @Test
    void bindingsSeeNoOtherModule() {
        check(classes()
                .that()
                .resideInAPackage("io.dmctl.bindings..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.dmctl.bindings..", "org.slf4j..", ANNOTATIONS)
                        .or(resideInAnyPackage(JDK))));
    }

    @Test
    void targetsSeeTheJdkOnly() {
        check(classes()
                .that()
                .resideInAPackage(TARGETS)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(TARGETS, ANNOTATIONS).or(resideInAnyPackage(JDK))));
    }

    @Test
    void backendSeesTargetsAndBindings() {
        check(noClasses()
                .that()
                .resideInAPackage("io.dmctl.backend..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dmctl.cli.."));
    }

    @Test
    void nobodySeesTheCommandLine() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.dmctl.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dmctl.cli.."));
    }

    @Test
    void onlyBindingsSeeTheGeneratedPackages() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.dmctl.bindings..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dmctl.bindings.dm..",
                        "io.dmctl.bindings.uring..",
                        "io.dmctl.bindings.ublk..",
                        "io.dmctl.bindings.block..",
                        "io.dmctl.bindings.libc.."));
    }

    @Test
    void targetsSeeTheSpiOnlyAndNeverEachOther() {
        check(classes()
                .that(CONCRETE_TARGET)
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.dmctl.targets.core..")))
                .allowEmptyShould(false));
        check(slices().matching("io.dmctl.targets.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.alwaysTrue(),
                        resideInAnyPackage("io.dmctl.targets.spi..", "io.dmctl.targets.support.."))
                .ignoreDependency(resideInAnyPackage("io.dmctl.targets.testkit.."), DescribedPredicate.alwaysTrue()));
    }

    @Test
    void spiSeesNothingElse() {
        check(classes()
                .that()
                .resideInAPackage("io.dmctl.targets.spi..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.dmctl.targets.spi..", ANNOTATIONS)
                        .or(resideInAnyPackage(JDK))));
    }

    /// Seeded tests replace the scheduler and the time: a target that has its own of either cannot be tested.
    @Test
    void targetsHaveNoThreadsLocksOrClocks() {
        check(noClasses()
                .that(CONCRETE_TARGET)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent", "java.util.concurrent.locks..", "java.time.."));
        check(noClasses()
                .that(CONCRETE_TARGET)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class));
        check(noClasses().that(CONCRETE_TARGET).should().callMethod(System.class, "nanoTime"));
        check(noClasses().that(CONCRETE_TARGET).should().callMethod(System.class, "currentTimeMillis"));
        check(noClasses().that(CONCRETE_TARGET).should().callMethod(Object.class, "wait"));
    }
}
