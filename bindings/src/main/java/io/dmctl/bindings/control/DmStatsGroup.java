package io.dmctl.bindings.control;

import io.dmctl.bindings.sys.BitmapList;
import java.util.BitSet;

/// Regions that are counted as one. The kernel knows no groups: dmstats keeps them in the word that belongs to the
/// first member, `DMS_GROUP="ALIAS":0-2,4#USERDATA`, older releases (1.02.185) without the quotes.
///
/// @param alias its name, `""` without one
/// @param members the numbers of its regions; the first one is the group's own
/// @param userData what else that word has, `""` for nothing
public record DmStatsGroup(String alias, BitSet members, String userData) {
    /// What the word of a group has in it.
    public static final String TAG = "DMS_GROUP=";

    private static final int MAX_REGION = 1 << 24;

    public DmStatsGroup {
        members = (BitSet) members.clone();
    }

    @Override
    public BitSet members() {
        return (BitSet) members.clone();
    }

    /// The number of the group: that of its first member.
    public long id() {
        return members.nextSetBit(0);
    }

    /// Whether the word of a region is that of a group.
    public static boolean isIn(String auxData) {
        return auxData.contains(TAG);
    }

    /// Reads the word of `region`, which has a group in it.
    ///
    /// @throws IllegalArgumentException it is none; the message is dmstats' own
    public static DmStatsGroup parse(String auxData, long region) {
        final int from = auxData.indexOf(TAG) + TAG.length();
        final boolean quoted = auxData.startsWith("\"", from);
        final int colon = quoted ? auxData.indexOf("\":", from + 1) + 1 : auxData.indexOf(':', from);
        if (colon <= 0) {
            throw new IllegalArgumentException("Found malformed group tag while reading aux_data");
        }
        final String alias = quoted ? auxData.substring(from + 1, colon - 1) : auxData.substring(from, colon);
        final int hash = auxData.indexOf('#', colon);
        final BitSet members;
        try {
            members = members(auxData.substring(colon + 1, hash < 0 ? auxData.length() : hash));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Could not parse member list while reading group aux_data", e);
        }
        if (members.nextSetBit(0) != region) {
            throw new IllegalArgumentException("Found invalid group descriptor in region " + region + " aux_data.");
        }
        final String rest = hash < 0 ? "" : auxData.substring(hash + 1);
        return new DmStatsGroup(alias, members, rest.equals("-") ? "" : rest);
    }

    /// The word of the first member, as a message has it: blanks and backslashes behind a backslash.
    public String auxData() {
        final String name = alias.isEmpty() ? "" : "\"" + alias + "\"";
        final String tag = TAG + name + ":" + BitmapList.text(members);
        return tag.replaceAll("[ \\t\\\\]", "\\\\$0") + "#" + (userData.isEmpty() ? "-" : userData);
    }

    /// Reads `0-2,4`; blanks may stand around the parts, and parts may be empty.
    ///
    /// @throws IllegalArgumentException it is no such list, or a number is above 16777215
    public static BitSet members(String list) {
        final BitSet members = new BitSet();
        for (String part : list.split(",", -1)) {
            final String range = part.strip();
            if (range.isEmpty()) {
                continue;
            }
            if (!range.matches("[0-9]{1,9}(-[0-9]{1,9})?")) {
                throw new IllegalArgumentException(list + ": no list of regions");
            }
            final int dash = range.indexOf('-');
            final int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            final int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            if (first > last || last >= MAX_REGION) {
                throw new IllegalArgumentException(list + ": no list of regions");
            }
            members.set(first, last + 1);
        }
        return members;
    }
}
