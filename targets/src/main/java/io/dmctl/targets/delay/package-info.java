/// The delay target: `<start> <length> delay <device> <start sector> <ms> [<for writes> [<for flushes>]]`.
@NullMarked
package io.dmctl.targets.delay;

import org.jspecify.annotations.NullMarked;
