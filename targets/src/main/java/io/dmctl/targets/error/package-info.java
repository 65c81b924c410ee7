/// The error target: `<start> <length> error [<device> <start sector>]`.
@NullMarked
package io.dmctl.targets.error;

import org.jspecify.annotations.NullMarked;
