/// The striped target: `<start> <length> striped <stripes> <chunk sectors> [<device> <start sector>]+`.
@NullMarked
package io.dmctl.targets.striped;

import org.jspecify.annotations.NullMarked;
