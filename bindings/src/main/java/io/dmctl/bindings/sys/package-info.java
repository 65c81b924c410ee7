/// System calls with result or -errno, descriptors, mappings, block-device ioctls.
@NullMarked
package io.dmctl.bindings.sys;

import org.jspecify.annotations.NullMarked;
