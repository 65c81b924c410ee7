/// The log-writes target: `<start> <length> log-writes <device> <log device>`. Passes everything to the device
/// and keeps a log of what was written to it, in the order in which it became durable.
@NullMarked
package io.dmctl.targets.logwrites;

import org.jspecify.annotations.NullMarked;
