/// The device-mapper control API: typed tasks over the kernel's ioctls or a device server's socket.
@NullMarked
package io.dmctl.bindings.control;

import org.jspecify.annotations.NullMarked;
