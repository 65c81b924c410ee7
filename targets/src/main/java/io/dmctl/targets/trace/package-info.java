/// The trace target: `<start> <length> trace <device> <start sector> [1 buffer_entries:<n>]`. Passes everything
/// to the device, as linear does, and keeps a record of each request in memory.
@NullMarked
package io.dmctl.targets.trace;

import org.jspecify.annotations.NullMarked;
