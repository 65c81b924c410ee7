/// Tests of targets without a kernel: [TargetContractTest] is what a target's test extends, [TestGroup] what other
/// tests start from.
@NullMarked
package io.dmctl.targets.testkit;

import org.jspecify.annotations.NullMarked;
