/// The client's half of the Java engine: registry, groups, the server's start.
@NullMarked
package io.dmctl.backend.client;

import org.jspecify.annotations.NullMarked;
