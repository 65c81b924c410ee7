/// Device-mapper targets in Java: the target SPI, the dm core, and the targets. Pure JDK: no system call, no native
/// memory of its own.
module io.dmctl.targets {
    requires static org.jspecify;

    exports io.dmctl.targets.spi;
    exports io.dmctl.targets.spi.crypto;
    exports io.dmctl.targets.core;
    exports io.dmctl.targets.grammar;
    exports io.dmctl.targets.grammar.types;
    exports io.dmctl.targets.support;
    exports io.dmctl.targets.support.aes;
    exports io.dmctl.targets.verity.tree;

    uses io.dmctl.targets.spi.TargetType;

    provides io.dmctl.targets.spi.TargetType with
            io.dmctl.targets.crypt.CryptTargetType,
            io.dmctl.targets.linear.LinearTargetType,
            io.dmctl.targets.mirror.MirrorTargetType,
            io.dmctl.targets.striped.StripedTargetType,
            io.dmctl.targets.zero.ZeroTargetType,
            io.dmctl.targets.error.ErrorTargetType,
            io.dmctl.targets.unstriped.UnstripedTargetType,
            io.dmctl.targets.switching.SwitchTargetType,
            io.dmctl.targets.delay.DelayTargetType,
            io.dmctl.targets.logwrites.LogWritesTargetType,
            io.dmctl.targets.flakey.FlakeyTargetType,
            io.dmctl.targets.dust.DustTargetType,
            io.dmctl.targets.nothing.NullTargetType,
            io.dmctl.targets.trace.TraceTargetType,
            io.dmctl.targets.verity.VerityTargetType,
            io.dmctl.targets.snapshot.SnapshotTargetType,
            io.dmctl.targets.snapshot.SnapshotMergeTargetType,
            io.dmctl.targets.snapshot.SnapshotOriginTargetType;
}
