/// How a mapped device is shown: ublk, NBD, in-process.
@NullMarked
package io.dmctl.backend.transport;

import org.jspecify.annotations.NullMarked;
