/// The snapshot family, all of whose state over one origin has one owner:
///
///     <start> <length> snapshot <origin> <cow> <P|PO|N> <chunk sectors> [<#features> <features>]
///     <start> <length> snapshot-merge <origin> <cow> <P|PO> <chunk sectors> [<#features> <features>]
///     <start> <length> snapshot-origin <origin>
///
/// A [Cow] is what one COW device holds: its exceptions, its store, what is on its way into it. It belongs to
/// the domain of its [Origin]; the queues read its published exceptions. A target holds a [Cow] by its [Member]
/// and hands it on to the target that takes its place at a reload.
@NullMarked
package io.dmctl.targets.snapshot;

import org.jspecify.annotations.NullMarked;
