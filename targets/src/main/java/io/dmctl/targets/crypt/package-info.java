/// The crypt target: `<start> <length> crypt <cipher> <key> <iv offset> <device> <start sector> [<#options>
/// <option>...]`.
@NullMarked
package io.dmctl.targets.crypt;

import org.jspecify.annotations.NullMarked;
