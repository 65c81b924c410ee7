/// The switch target: `<start> <length> switch <paths> <region sectors> 0 [<device> <start sector>]+`. The package is
/// not
/// called `switch`, which is a word of the language.
@NullMarked
package io.dmctl.targets.switching;

import org.jspecify.annotations.NullMarked;
