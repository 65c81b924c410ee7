package io.dmctl.cli.compat;

import io.dmctl.bindings.control.RawText;
import io.dmctl.bindings.sys.Devno;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// What is still to be done to the nodes of devices. libdm collects it until udev has been waited for, or to its end,
/// as what comes later may make it needless.
final class NodeOps {
    private final Shell shell;
    private final List<Op> ops = new ArrayList<>();

    /// What is to be done to a node.
    enum Kind {
        ADD,
        DEL,
        RENAME,
        READ_AHEAD
    }

    /// @param name raw, of RENAME the new one, to which `oldName` is the old one
    /// @param value of ADD owner and mode as they are shown, of READ_AHEAD the sectors and flags
    /// @param trusted udev does it
    /// @param verified it is told when udev has not done it
    record Op(Kind kind, String name, String oldName, Devno devno, String value, boolean trusted, boolean verified) {
        private String text(String action) {
            final String on = RawText.display(kind == Kind.RENAME ? oldName : name) + ": " + action + " NODE_" + kind;
            final String about = switch (kind) {
                case ADD -> " (" + devno.major() + "," + devno.minor() + ") " + value;
                case DEL -> "";
                case RENAME -> " to " + RawText.display(name);
                case READ_AHEAD -> " " + value;
            };
            return on + about + (trusted ? " [trust_udev]" : "") + (verified && !trusted ? " [verify_udev]" : "");
        }
    }

    /// Does one of them.
    interface Doing {
        void run(Op op);
    }

    NodeOps(Shell shell) {
        this.shell = shell;
    }

    void stack(Op op) {
        switch (op.kind()) {
            case DEL -> unstackAllOf(op.name());
            case ADD -> unstackRemoval(op.name());
            case RENAME -> unstack(ops.iterator(), op.oldName());
            case READ_AHEAD -> {}
        }
        ops.add(op);
        shell.debug("%s", op.text("Stacking"));
    }

    private void unstackAllOf(String name) {
        for (final Iterator<Op> each = ops.iterator(); hasOthers() && each.hasNext(); ) {
            unstackOne(each, name);
        }
    }

    private boolean hasOthers() {
        return ops.stream().anyMatch(op -> op.kind() != Kind.DEL);
    }

    private void unstackRemoval(String name) {
        for (final Iterator<Op> each = ops.iterator(); each.hasNext(); ) {
            final Op op = each.next();
            if (op.kind() == Kind.DEL && op.name().equals(name)) {
                shell.debug("%s", op.text("Unstacking"));
                each.remove();
                return;
            }
        }
    }

    private void unstack(Iterator<Op> each, String name) {
        while (each.hasNext()) {
            unstackOne(each, name);
        }
    }

    private void unstackOne(Iterator<Op> each, String name) {
        final Op op = each.next();
        if (op.name().equals(name)) {
            shell.debug("%s", op.text("Unstacking"));
            each.remove();
        }
    }

    /// Does all of them that are not left to udev, in their order.
    void settle(Doing doing) {
        for (Op op : ops) {
            shell.debug("%s", op.text(op.trusted() ? "Skipping" : "Processing"));
            if (!op.trusted()) {
                doing.run(op);
            }
        }
        ops.clear();
    }
}
