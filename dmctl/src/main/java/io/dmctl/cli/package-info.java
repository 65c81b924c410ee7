/// The command line: one class a command, each knowing its options and what it does; [io.dmctl.cli.Main] picks one.
@NullMarked
package io.dmctl.cli;

import org.jspecify.annotations.NullMarked;
