/// Reads the logs that the log-writes target of either engine wrote, and replays them.
@NullMarked
package io.dmctl.backend.writelog;

import org.jspecify.annotations.NullMarked;
