/// The unstriped target: `<start> <length> unstriped <stripes> <chunk sectors> <stripe> <device> <start sector>`.
@NullMarked
package io.dmctl.targets.unstriped;

import org.jspecify.annotations.NullMarked;
