/// The null target, ours: `<start> <length> null`. The package is not called `null`, which is a word of the language.
@NullMarked
package io.dmctl.targets.nothing;

import org.jspecify.annotations.NullMarked;
