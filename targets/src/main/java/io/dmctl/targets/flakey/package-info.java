/// The flakey target: `<start> <length> flakey <device> <start sector> <up s> <down s> [<n> <feature words>]`.
@NullMarked
package io.dmctl.targets.flakey;

import org.jspecify.annotations.NullMarked;
