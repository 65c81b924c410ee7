/// Measurements: JMH benchmarks, and what `jmh/side-by-side` needs inside the lab.
@NullMarked
package io.dmctl.jmh;

import org.jspecify.annotations.NullMarked;
