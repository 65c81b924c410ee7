/// What happens to the devices of both engines while one looks.
@NullMarked
package io.dmctl.backend.watch;

import org.jspecify.annotations.NullMarked;
