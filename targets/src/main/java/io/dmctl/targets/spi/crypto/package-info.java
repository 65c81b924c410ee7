/// Services that a target which handles keys asks [io.dmctl.targets.spi.TargetContext#service] for: ciphers
/// over
/// sectors, memory for keys, keys by reference.
@NullMarked
package io.dmctl.targets.spi.crypto;

import org.jspecify.annotations.NullMarked;
