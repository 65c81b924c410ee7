/// What verity keeps on its hash device and how it is checked, apart from any I/O: digests, the shape of the tree, the
/// superblock of the tools, Reed-Solomon codes. Shared by the target and by `dmctl verity`.
@NullMarked
package io.dmctl.targets.verity.tree;

import org.jspecify.annotations.NullMarked;
