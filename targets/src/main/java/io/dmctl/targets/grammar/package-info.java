/// What targets take and say, as data: the arguments of a table line with their forms, units, limits and the kernel's
/// error texts; the words of a status line; the messages. One model serves the check of a table, its explanation, and
/// the help page.
///
/// A line is a list of [Arg]s. [TargetGrammar#check] reads it as the kernel's constructor does, in the kernel's order;
/// [TargetGrammar#table] and [TargetGrammar#status] read what a device prints.
@NullMarked
package io.dmctl.targets.grammar;

import org.jspecify.annotations.NullMarked;
