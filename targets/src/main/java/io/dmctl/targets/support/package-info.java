/// What several targets share.
@NullMarked
package io.dmctl.targets.support;

import org.jspecify.annotations.NullMarked;
