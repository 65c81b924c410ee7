/// The I/O threads: one queue, one platform thread, one ring.
@NullMarked
package io.dmctl.backend.queue;

import org.jspecify.annotations.NullMarked;
