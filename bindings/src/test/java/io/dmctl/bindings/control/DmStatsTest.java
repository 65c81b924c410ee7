package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dmctl.bindings.sys.BitmapList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The `@stats` messages and their answers; the lab's tests have them from the kernel.
class DmStatsTest {
    @Test
    void aRegionIsAskedForWithItsOptions() {
        assertEquals(
                "@stats_create - /1 1 precise_timestamps  me ",
                DmStatsMessage.create(DmStatsSpec.wholeDevice(true, "me")));
        assertEquals(
                "@stats_create 8+16 4 2 precise_timestamps histogram:1500,2000000 p aux",
                DmStatsMessage.create(new DmStatsSpec(8, 16, 0, 4, true, List.of(1500L, 2_000_000L), "p", "aux")));
        assertEquals(
                "@stats_create 0+16 /2 1  histogram:1,5 p aux",
                DmStatsMessage.create(
                        new DmStatsSpec(0, 16, 2, 0, false, List.of(1_000_000L, 5_000_000L), "p", "aux")));
    }

    @Test
    void aListGivesRegionsWithTheirHistograms() {
        final List<DmStatsRegion> regions = DmStatsRegion.parseList("""
            0: 0+1664 1664 dmstats -
            3: 16+50 16 - word precise_timestamps histogram:1000,5000
            4: 0+8 8 p DMS_GROUP="two words":4-5#x histogram:3
            """);
        assertEquals(new DmStatsRegion(0, 0, 1664, 1664, "dmstats", "", false, List.of()), regions.get(0));
        assertEquals(new DmStatsRegion(3, 16, 50, 16, "", "word", true, List.of(1000L, 5000L)), regions.get(1));
        assertEquals(4, regions.get(1).areas());
        assertEquals("DMS_GROUP=\"two words\":4-5#x", regions.get(2).auxData());
        assertEquals(List.of(3_000_000L), regions.get(2).boundsNs());
        assertEquals(List.of(), DmStatsRegion.parseList(""));
        assertThrows(IllegalArgumentException.class, () -> DmStatsRegion.parseList("0: 0-8 8 p -\n"));
    }

    @Test
    void countersAreInNanosecondsAndAddUp() {
        final List<DmStatsArea> areas = DmStatsArea.parse("""
            0+8 1 2 3 4 5 6 7 8 9 10 11 12 13 1:2
            8+8 1 0 8 1 0 0 0 0 0 1 1 1 0 0:1
            """, 1_000_000);
        assertEquals(4_000_000, areas.getFirst().readNs());
        assertEquals(13_000_000, areas.getFirst().writingNs());
        final DmStatsArea sum = areas.stream().reduce(DmStatsArea.NONE, DmStatsArea::plus);
        assertEquals(2, sum.reads());
        assertEquals(11, sum.readSectors());
        assertEquals(List.of(1L, 3L), sum.histogram());
        assertThrows(IllegalArgumentException.class, () -> DmStatsArea.parse("0+8 1 2\n", 1));
    }

    @Test
    void groupsOfBothFormsAreRead() {
        final DmStatsGroup quoted = DmStatsGroup.parse("DMS_GROUP=\"a name\":1-2,4#mine", 1);
        assertEquals("a name", quoted.alias());
        assertEquals("1-2,4", BitmapList.text(quoted.members()));
        assertEquals("mine", quoted.userData());
        assertEquals("DMS_GROUP=\"a\\ name\":1-2,4#mine", quoted.auxData());
        final DmStatsGroup plain = DmStatsGroup.parse("DMS_GROUP=name:0#-", 0);
        assertEquals("name", plain.alias());
        assertEquals("", plain.userData());
        final DmStatsGroup nameless = DmStatsGroup.parse("DMS_GROUP=:0-1#-", 0);
        assertEquals("", nameless.alias());
        assertEquals("DMS_GROUP=:0-1#-", nameless.auxData());
    }

    @Test
    void whatIsNoGroupSaysWhy() {
        assertEquals("Found malformed group tag while reading aux_data", failure("DMS_GROUP=x"));
        assertEquals("Could not parse member list while reading group aux_data", failure("DMS_GROUP=x:y#-"));
        assertEquals("Found invalid group descriptor in region 0 aux_data.", failure("DMS_GROUP=:9#-"));
    }

    private static String failure(String auxData) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> DmStatsGroup.parse(auxData, 0))
                .getMessage());
    }

    @Test
    void aListOfMembersMayHaveBlanksAndEmptyParts() {
        final BitSet members = new BitSet();
        members.set(0, 3);
        members.set(5);
        assertEquals(members, DmStatsGroup.members(" 0-2 ,, 5 ,"));
        for (String bad : List.of("1-", "-1", "3-1", "1 2", "x", "1--2")) {
            assertThrows(IllegalArgumentException.class, () -> DmStatsGroup.members(bad), bad);
        }
    }
}
