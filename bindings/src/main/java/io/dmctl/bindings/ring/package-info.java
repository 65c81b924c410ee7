/// io_uring: setup, submission and completion queues, registered files and buffers.
@NullMarked
package io.dmctl.bindings.ring;

import org.jspecify.annotations.NullMarked;
