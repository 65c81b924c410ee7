/// The linear target: `<start> <length> linear <device> <start sector>`.
@NullMarked
package io.dmctl.targets.linear;

import org.jspecify.annotations.NullMarked;
