/// The devices of both engines as a state that is described in files: read, compared, planned, applied.
@NullMarked
package io.dmctl.backend.state;

import org.jspecify.annotations.NullMarked;
