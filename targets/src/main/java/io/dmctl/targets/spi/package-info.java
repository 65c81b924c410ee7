/// What a target sees: its type, its constructor's context and arguments, bios, and the queue context. Concrete targets
/// use this package only.
@NullMarked
package io.dmctl.targets.spi;

import org.jspecify.annotations.NullMarked;
