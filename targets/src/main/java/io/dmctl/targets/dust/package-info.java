/// The dust target: `<start> <length> dust <device> <start sector> <block bytes>`.
@NullMarked
package io.dmctl.targets.dust;

import org.jspecify.annotations.NullMarked;
