/// The grammars of the targets: of those that the kernel alone has one class each, and of those that we have too.
@NullMarked
package io.dmctl.targets.grammar.types;

import org.jspecify.annotations.NullMarked;
