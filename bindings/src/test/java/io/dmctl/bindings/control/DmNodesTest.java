package io.dmctl.bindings.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dmctl.bindings.sys.Devno;
import io.dmctl.bindings.sys.Errno;
import io.dmctl.bindings.sys.ErrnoException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Links, which need no privilege. Block nodes are tried in the lab, where device-mapper is.
class DmNodesTest {
    private static final DmName NAME = DmName.of("a b_dmctl_test_delme");
    private static final DmName NEW = DmName.of("n_dmctl_test_delme");

    @TempDir
    Path dir;

    private DmNodes nodes;

    @BeforeEach
    void open() {
        nodes = new DmNodes(dir.resolve("mapper").toString(), false);
    }

    private Path node(DmName name) {
        return Path.of(nodes.path(name));
    }

    @Test
    void linksLeadToTheirDeviceUnderTheMangledName() throws Exception {
        assertEquals(DmNodes.Result.MADE, nodes.addLink(NAME, "../ublkb3"));
        assertEquals(DmNodes.Result.PRESENT, nodes.addLink(NAME, "../ublkb3"));
        assertEquals(dir.resolve("mapper/a\\x20b_dmctl_test_delme"), node(NAME));
        assertEquals("../ublkb3", Files.readSymbolicLink(node(NAME)).toString());
        assertEquals(DmNodes.Result.MADE, nodes.addLink(NAME, "../ublkb4"));
        assertEquals("../ublkb4", Files.readSymbolicLink(node(NAME)).toString());
    }

    @Test
    void onlyALinkThatLeadsToUsIsRemoved() throws Exception {
        assertFalse(nodes.removeLink(NAME, "../ublkb3"));
        nodes.addLink(NAME, "../ublkb3");
        assertFalse(nodes.removeLink(NAME, "../ublkb33"));
        assertFalse(nodes.remove(NAME, new Devno(1, 1)));
        assertTrue(Files.exists(node(NAME), LinkOption.NOFOLLOW_LINKS));
        assertTrue(nodes.removeLink(NAME, "../ublkb3"));
        assertFalse(Files.exists(node(NAME), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aRenamedLinkLeavesNothingBehind() throws Exception {
        nodes.addLink(NAME, "../ublkb3");
        assertEquals(DmNodes.Result.MADE, nodes.renameLink(NAME, NEW, "../ublkb3"));
        assertFalse(Files.exists(node(NAME), LinkOption.NOFOLLOW_LINKS));
        assertEquals("../ublkb3", Files.readSymbolicLink(node(NEW)).toString());
    }

    @Test
    void anotherFileIsNeverReplaced() throws Exception {
        Files.createDirectories(dir.resolve("mapper"));
        Files.writeString(node(NEW), "mine");
        final ErrnoException e = assertThrows(ErrnoException.class, () -> nodes.addLink(NEW, "../ublkb3"));
        assertEquals(Errno.EEXIST, e.errno());
        assertThrows(ErrnoException.class, () -> nodes.add(NEW, new Devno(1, 1)));
        assertFalse(nodes.remove(NEW, new Devno(0, 0)));
        assertEquals("mine", Files.readString(node(NEW)));
    }

    @Test
    void whereUdevRunsTheKernelsDevicesAreLeftToIt() throws Exception {
        final DmNodes watched = new DmNodes(dir.toString(), true);
        assertEquals(DmNodes.Result.LEFT_TO_UDEV, watched.add(NEW, new Devno(252, 0)));
        assertEquals(List.of(), watched.repair(List.of()));
        assertEquals(DmNodes.Result.MADE, watched.addLink(NEW, "../ublkb3"));
    }
}
