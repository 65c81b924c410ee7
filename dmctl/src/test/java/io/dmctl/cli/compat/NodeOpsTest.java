package io.dmctl.cli.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dmctl.bindings.sys.Devno;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is left to do to nodes when several changes follow each other.
class NodeOpsTest {
    private static final Devno DEVNO = new Devno(252, 3);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Shell shell = new Shell(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            Map.of());
    private final NodeOps ops = new NodeOps(shell);
    private final List<String> done = new ArrayList<>();

    private void stack(NodeOps.Kind kind, String name, String oldName, boolean trusted) {
        ops.stack(new NodeOps.Op(kind, name, oldName, DEVNO, "0:6 0660", trusted, true));
    }

    private String told() {
        ops.settle(op -> done.add(op.kind() + " " + op.name()));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatComesLaterMakesTheEarlierNeedless() {
        shell.verbosity(2);
        stack(NodeOps.Kind.ADD, "a", "", false);
        stack(NodeOps.Kind.DEL, "a", "", false);
        stack(NodeOps.Kind.ADD, "a", "", false);
        stack(NodeOps.Kind.RENAME, "b", "a", false);
        assertEquals("""
                a: Stacking NODE_ADD (252,3) 0:6 0660 [verify_udev]
                a: Unstacking NODE_ADD (252,3) 0:6 0660 [verify_udev]
                a: Stacking NODE_DEL [verify_udev]
                a: Unstacking NODE_DEL [verify_udev]
                a: Stacking NODE_ADD (252,3) 0:6 0660 [verify_udev]
                a: Unstacking NODE_ADD (252,3) 0:6 0660 [verify_udev]
                a: Stacking NODE_RENAME to b [verify_udev]
                a: Processing NODE_RENAME to b [verify_udev]
                """, told());
        assertEquals(List.of("RENAME b"), done);
    }

    @Test
    void udevsNodesAreLeftAlone() {
        shell.verbosity(2);
        stack(NodeOps.Kind.ADD, "a", "", true);
        assertEquals("""
                a: Stacking NODE_ADD (252,3) 0:6 0660 [trust_udev]
                a: Skipping NODE_ADD (252,3) 0:6 0660 [trust_udev]
                """, told());
        assertEquals(List.of(), done);
    }

    @Test
    void nothingIsToldWithoutDebugging() {
        shell.verbosity(1);
        stack(NodeOps.Kind.ADD, "a", "", false);
        assertEquals("", told());
        assertEquals(List.of("ADD a"), done);
    }
}
