/// A row a target: classes named `NameRow` with a constructor without arguments are found by their name.
@NullMarked
package io.dmctl.lab.parity.rows;

import org.jspecify.annotations.NullMarked;
