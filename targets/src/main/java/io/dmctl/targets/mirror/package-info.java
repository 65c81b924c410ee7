/// The mirror target: every write goes to all legs, regions that may differ are kept in a log and are copied from the
/// default leg.
///
///     <start> <length> mirror core <1|2> <region sectors> [sync|nosync] <legs> [<device> <offset>]+
///         [<features> [handle_errors] [keep_log]]
///     <start> <length> mirror disk <2|3> <log device> <region sectors> [sync|nosync] <legs> ...
///
/// All that queues share is owned by one domain a mirror ([MirrorSet] and what it is made of); a queue itself only
/// sends reads of regions in sync to a leg.
@NullMarked
package io.dmctl.targets.mirror;

import org.jspecify.annotations.NullMarked;
