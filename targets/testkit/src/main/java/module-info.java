/// For who writes targets: a seeded scheduler with virtual time, devices in memory that fail and crash on order, and
/// the contract test that every target's test extends.
module io.dmctl.targets.testkit {
    requires transitive io.dmctl.targets;
    requires transitive org.junit.jupiter.api;
    requires jdk.management;
    requires static org.jspecify;

    exports io.dmctl.targets.testkit;

    // JUnit runs the inherited test methods.
    opens io.dmctl.targets.testkit;
}
