/// dmctl called as dmsetup or dmstats: their options, output and exit codes, to the byte, for the kernel's devices.
///
/// The one place without the command line's own parser: what is emulated here is `getopt_long`. Nothing of this package
/// is
/// loaded by other commands. Where a rule looks odd it is dmsetup's; the differential run of the lab holds it.
@org.jspecify.annotations.NullMarked
package io.dmctl.cli.compat;
