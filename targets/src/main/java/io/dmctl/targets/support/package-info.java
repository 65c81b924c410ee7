/// Building blocks that several targets share; targets of one's own may use them too.
@NullMarked
package io.dmctl.targets.support;

import org.jspecify.annotations.NullMarked;
