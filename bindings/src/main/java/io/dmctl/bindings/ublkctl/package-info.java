/// The ublk control device: features, add, parameters, start, stop, delete, info.
@NullMarked
package io.dmctl.bindings.ublkctl;

import org.jspecify.annotations.NullMarked;
