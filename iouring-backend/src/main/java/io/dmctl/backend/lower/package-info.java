/// Lower devices: files and block devices through the queue's own ring, and who claims them.
@NullMarked
package io.dmctl.backend.lower;

import org.jspecify.annotations.NullMarked;
