package io.dmctl.backend.watch;

import io.dmctl.bindings.control.DmStatusLine;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How full a thing of a target is: the data or metadata of a pool or a cache, the store of a snapshot.
///
/// @param used in `total`'s unit, blocks or sectors
public record Fill(String what, long used, long total) {
    private static final Pattern PART = Pattern.compile("(\\d{1,19})/(\\d{1,19})");

    /// Where in a status line the parts stand, counted in words.
    private record Place(int word, String what) {}

    /// What a status line tells; nothing for other targets and for one that has failed.
    ///
    /// @kernel drivers/md/dm-thin.c `pool_status`, dm-cache-target.c `cache_status`, dm-snap.c
    /// `snapshot_status`
    public static List<Fill> of(DmStatusLine line) {
        final String[] words = line.text().strip().split("\\s+", -1);
        final List<Fill> fills = new ArrayList<>();
        for (Place place : places(line.type())) {
            final Matcher part = PART.matcher(place.word < words.length ? words[place.word] : "");
            if (part.matches()) {
                fills.add(new Fill(place.what, number(part.group(1)), number(part.group(2))));
            }
        }
        return fills;
    }

    private static List<Place> places(String type) {
        return switch (type) {
            case "thin-pool" -> List.of(new Place(1, "metadata"), new Place(2, "data"));
            case "cache" -> List.of(new Place(1, "metadata"), new Place(3, "cache"));
            case "snapshot", "snapshot-merge" -> List.of(new Place(0, "store"));
            default -> List.of();
        };
    }

    private static long number(String digits) {
        // 19 digits may be more than a long has; no device is so large.
        return new BigInteger(digits).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    /// Rounded down; 0 of nothing.
    public int percent() {
        return total == 0 ? 0 : (int) Math.min(100, (long) (100.0 * used / total));
    }

    /// As `data 81% (13/16)`.
    @Override
    public String toString() {
        return what + " " + percent() + "% (" + used + "/" + total + ")";
    }
}
