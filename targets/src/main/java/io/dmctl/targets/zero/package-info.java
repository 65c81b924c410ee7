/// The zero target: `<start> <length> zero`.
@NullMarked
package io.dmctl.targets.zero;

import org.jspecify.annotations.NullMarked;
