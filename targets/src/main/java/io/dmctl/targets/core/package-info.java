/// The dm core: requests, bios and their pools, splitting, flush fan-out, suspend and resume, tables, limits. It knows
/// no transport and no ring.
@NullMarked
package io.dmctl.targets.core;

import org.jspecify.annotations.NullMarked;
