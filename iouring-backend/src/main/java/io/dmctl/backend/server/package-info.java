/// The device server: one process a group of devices, the protocol's other end.
@NullMarked
package io.dmctl.backend.server;

import org.jspecify.annotations.NullMarked;
