/// The verity target: `<start> <length> verity <version> <data device> <hash device> <data block size>
/// <hash block size> <data blocks> <hash start block> <algorithm> <root digest> <salt> [<#options> <option>...]`.
@NullMarked
package io.dmctl.targets.verity;

import org.jspecify.annotations.NullMarked;
