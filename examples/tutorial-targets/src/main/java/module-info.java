/// The targets of the tutorials, found by dmctl through `--module-path`.
module tutorial.targets {
    requires io.dmctl.targets;

    provides io.dmctl.targets.spi.TargetType with
            tutorial.BasicTargetType,
            tutorial.HelloTargetType;
}
